package dev.culvert.sim;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
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
    return event(type).add("response", response(status)).build().toString();
  }

  String rateLimits() {
    return event("codex.rate_limits")
        .add("rate_limits", Json.createObjectBuilder().add("allowed", true))
        .build()
        .toString();
  }

  String itemAdded() {
    return event("response.output_item.added")
        .add("item", Json.createObjectBuilder().add("type", "message"))
        .build()
        .toString();
  }

  String delta(String text) {
    return event("response.output_text.delta").add("delta", text).build().toString();
  }

  /** The last event. */
  String terminal(String type, String output, Backend.Usage usage) {
    String status = type.substring(type.lastIndexOf('.') + 1);
    JsonObjectBuilder response =
        response(status)
            .add("output", output(output))
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

  private JsonArrayBuilder output(String text) {
    return Json.createArrayBuilder()
        .add(
            Json.createObjectBuilder()
                .add("id", "msg_" + responseId)
                .add("type", "message")
                .add("role", "assistant")
                .add("status", "completed")
                .add("content", Json.createArrayBuilder().add(outputText(text))));
  }

  private JsonObjectBuilder response(String status) {
    return Json.createObjectBuilder()
        .add("id", responseId)
        .add("object", "response")
        .add("status", status);
  }

  private JsonObjectBuilder event(String type) {
    return Json.createObjectBuilder()
        .add("type", type)
        .add("sequence_number", sequence++)
        .add("conversation", conversation);
  }
}
