package dev.culvert.sim;

import jakarta.json.JsonObjectBuilder;
import jakarta.json.spi.JsonProvider;

/** The events of one turn as JSON text. Belongs to one thread. */
final class Events {

  /** Found once: to find it takes a millisecond. */
  static final JsonProvider JSON = JsonProvider.provider();

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
    JsonObjectBuilder response = response(status).add("output", JSON.createArrayBuilder());
    return event(type).add("response", response).build().toString();
  }

  String rateLimits() {
    return event("codex.rate_limits")
        .add("rate_limits", JSON.createObjectBuilder().add("allowed", true))
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
            .add("output", JSON.createArrayBuilder().add(message("completed", output)))
            .add(
                "usage",
                JSON.createObjectBuilder()
                    .add("input_tokens", usage.input())
                    .add(
                        "input_tokens_details",
                        JSON.createObjectBuilder().add("cached_tokens", usage.cached()))
                    .add("output_tokens", 1)
                    .add("total_tokens", usage.input() + 1));
    return event(type).add("response", response).build().toString();
  }

  /** An error event (status and code as the Responses protocol has them). */
  static String error(int status, String code, String message) {
    return JSON.createObjectBuilder()
        .add("type", "error")
        .add("status", status)
        .add("error", JSON.createObjectBuilder().add("code", code).add("message", message))
        .build()
        .toString();
  }

  private static JsonObjectBuilder outputText(String text) {
    return JSON.createObjectBuilder()
        .add("type", "output_text")
        .add("text", text)
        .add("annotations", JSON.createArrayBuilder());
  }

  /** The one item of output. Its one part is there from the start, without an event of its own. */
  private JsonObjectBuilder message(String status, String text) {
    return JSON.createObjectBuilder()
        .add("id", "msg_" + responseId)
        .add("type", "message")
        .add("role", "assistant")
        .add("status", status)
        .add("content", JSON.createArrayBuilder().add(outputText(text)));
  }

  private JsonObjectBuilder response(String status) {
    return JSON.createObjectBuilder()
        .add("id", responseId)
        .add("object", "response")
        .add("status", status)
        .add("prompt_cache_key", conversation);
  }

  private JsonObjectBuilder event(String type) {
    return JSON.createObjectBuilder()
        .add("type", type)
        .add("sequence_number", sequence++)
        .add("conversation", conversation);
  }
}
