package dev.culvert.turn;

import static dev.culvert.turn.JsonLibrary.JSON;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Answers of turns that came to nothing: a status, and a JSON object that says why. */
final class ErrorBody {

  static final String CONTENT_TYPE = "application/json";

  private static final int FIRST_SERVER_ERROR = 500;

  private ErrorBody() {}

  /** Writes the answer; what went wrong at the upstream is told by its code only. */
  static void write(HttpAnswer answer, TurnEnd.Refused refused) throws IOException {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", CONTENT_TYPE);
    List<String> retryAfter = refused.headers().getOrDefault("retry-after", List.of());
    retryAfter.stream().findFirst().ifPresent(value -> headers.put("Retry-After", value));
    answer.head(refused.status(), headers);
    answer.write(JSON.createObjectBuilder().add("error", error(refused)).build().toString());
  }

  static JsonValue error(TurnEnd.Refused refused) {
    String message = refused.status() < FIRST_SERVER_ERROR ? refused.detail() : refused.code();
    return ofUpstream(refused.event()).orElseGet(() -> error(refused.code(), message));
  }

  static JsonObject error(String code, String message) {
    return JSON.createObjectBuilder()
        .add("code", code)
        .add("message", message)
        .add("type", "gateway_error")
        .build();
  }

  /** The error as the upstream's event has it. */
  private static Optional<JsonValue> ofUpstream(String event) {
    Optional<JsonObject> object = JsonLibrary.object(event);
    return object
        .map(told -> told.get("error"))
        .or(
            () ->
                object
                    .map(told -> told.get("response"))
                    .filter(response -> response instanceof JsonObject)
                    .map(response -> response.asJsonObject().get("error")));
  }
}
