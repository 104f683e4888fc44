package dev.culvert.turn;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Answers of turns that came to nothing: a status, and a JSON object that says why. */
final class ErrorBody {

  static final String JSON = "application/json";

  private static final int FIRST_SERVER_ERROR = 500;

  private ErrorBody() {}

  /** Writes the answer; what went wrong at the upstream is told by its code only. */
  static void write(HttpAnswer answer, TurnEnd.Refused refused) throws IOException {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", JSON);
    List<String> retryAfter = refused.headers().getOrDefault("retry-after", List.of());
    retryAfter.stream().findFirst().ifPresent(value -> headers.put("Retry-After", value));
    answer.head(refused.status(), headers);
    String message = refused.status() < FIRST_SERVER_ERROR ? refused.detail() : refused.code();
    JsonValue error = ofUpstream(refused.event()).orElseGet(() -> error(refused.code(), message));
    answer.write(Json.createObjectBuilder().add("error", error).build().toString());
  }

  static JsonObject error(String code, String message) {
    return Json.createObjectBuilder()
        .add("code", code)
        .add("message", message)
        .add("type", "gateway_error")
        .build();
  }

  /** The error as the upstream's event has it. */
  private static Optional<JsonValue> ofUpstream(String event) {
    Optional<JsonObject> object = TurnBody.read(event).map(TurnBody::object);
    return object
        .map(told -> told.get("error"))
        .or(() -> object.map(told -> told.get("response")).map(r -> r.asJsonObject().get("error")));
  }
}
