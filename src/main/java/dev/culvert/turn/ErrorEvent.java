package dev.culvert.turn;

import static dev.culvert.turn.JsonLibrary.JSON;

import dev.culvert.config.Preset;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.Optional;

/** Errors for clients that get no status, in the form that upstreams give theirs. */
public final class ErrorEvent {

  private static final String RETRY_AFTER = "retry-after";

  private ErrorEvent() {}

  /**
   * The event: the upstream's own where there is one, else one with status, error and, of an
   * upgrade that was refused, {@code Retry-After}.
   *
   * @param lane that it belongs to, as the client named it
   */
  public static String of(TurnEnd.Refused refused, Preset preset, Optional<JsonValue> lane) {
    if (!refused.event().isEmpty()) {
      return refused.event();
    }
    JsonObjectBuilder event =
        JSON.createObjectBuilder()
            .add(preset.typeField(), "error")
            .add("status", refused.status())
            .add("error", ErrorBody.error(refused));
    Optional.ofNullable(refused.headers().get(RETRY_AFTER)).stream()
        .flatMap(values -> values.stream().limit(1))
        .forEach(value -> event.add("headers", JSON.createObjectBuilder().add(RETRY_AFTER, value)));
    lane.ifPresent(name -> event.add(preset.laneField(), name));
    return event.build().toString();
  }
}
