package dev.culvert.sim;

import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;

/** The events of one turn as JSON text. Belongs to one thread. */
final class Events {

  private final String conversation;
  private final String responseId;
  private int sequence;

  /**
   * @param conversation the client's name of it, in every event
   */
  Events(String conversation, String responseId) {
    this.conversation = conversation;
    this.responseId = responseId;
  }

  /** An event that carries the response's state. */
  String state(String type, String status) {
    JsonObjectBuilder response = response(status).add("output", Json.createArrayBuilder());
    return event(type).add("response", response).build().toString();
  }

  String rateLimits() {
    return event("codex.rate_limits")
        .add("rate_limits", Json.createObjectBuilder().add("allowed", true))
        .build()
        .toString();
  }

  String itemAdded() {
    return event("response.output_item.added")
        .add("output_index", 0)
        .add("item", message("in_progress", ""))
        .build()
        .toString();
  }

  String delta(String text) {
    return event("response.output_text.delta")
        .add("output_index", 0)
        .add("content_index", 0)
        .add("delta", text)
        .build()
        .toString();
  }

  /** The last event. */
  String terminal(String type, String output, Backend.Usage usage) {
    String status = type.substring(type.lastIndexOf('.') + 1);
    JsonObjectBuilder response =
        response(status)
            .add("output", Json.createArrayBuilder().add(message("completed", output)))
            .add(
                "usage",
                Json.createObjectBuilder()
                    .add("input_tokens", usage.input())
                    .add(
                        "input_tokens_details",
                        Json.createObjectBuilder().add("cached_tokens", usage.cached()))
                    .add("output_tokens", 1)
                    .add("total_tokens", usage.input() + 1));
    return event(type).add("response", response).build().toString();
  }

  /** An error event (status and code as the Responses protocol has them). */
  static String error(int status, String code, String message) {
    return Json.createObjectBuilder()
        .add("type", "error")
        .add("status", status)
        .add("error", Json.createObjectBuilder().add("code", code).add("message", message))
        .build()
        .toString();
  }

  private static JsonObjectBuilder outputText(String text) {
    return Json.createObjectBuilder()
        .add("type", "output_text")
        .add("text", text)
        .add("annotations", Json.createArrayBuilder());
  }

  /** The one item of output. Its one part is there from the start, without an event of its own. */
  private JsonObjectBuilder message(String status, String text) {
    return Json.createObjectBuilder()
        .add("id", "msg_" + responseId)
        .add("type", "message")
        .add("role", "assistant")
        .add("status", status)
        .add("content", Json.createArrayBuilder().add(outputText(text)));
  }

  private JsonObjectBuilder response(String status) {
    return Json.createObjectBuilder()
        .add("id", responseId)
        .add("object", "response")
        .add("status", status)
        .add("prompt_cache_key", conversation);
  }

  private JsonObjectBuilder event(String type) {
    return Json.createObjectBuilder()
        .add("type", type)
        .add("sequence_number", sequence++)
        .add("conversation", conversation);
  }
}
