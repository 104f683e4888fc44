package dev.culvert.turn;

import dev.culvert.config.Preset;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.Map;
import java.util.Optional;

/**
 * What a client asks for, by the body of its {@code POST} or its message: as much of it as a turn
 * goes by.
 *
 * @param members of the object; an array or an object is an empty one here
 * @param firstUserText the first words of the user
 * @param tools digest of that member; empty when there is none
 */
public record TurnBody(
    Map<String, JsonValue> members, Optional<String> firstUserText, String tools) {

  /** Copies the members. */
  public TurnBody {
    members = Map.copyOf(members);
  }

  /**
   * Reads a text.
   *
   * @throws InvalidRequest when it is no JSON object, or one beyond the limits
   */
  public static TurnBody read(String text) {
    return RequestText.read(text, TurnBodyReader::read);
  }

  /** A text field. */
  public Optional<String> text(String field) {
    return members.get(field) instanceof JsonString string && !string.getString().isEmpty()
        ? Optional.of(string.getString())
        : Optional.empty();
  }

  /** Whether the client wants events as they come. */
  public boolean stream() {
    return members.get("stream") == JsonValue.TRUE;
  }

  /** The response it continues; empty when it does not. */
  public String previousResponse() {
    return text("previous_response_id").orElse("");
  }

  /** The type that it names; empty when it names none. */
  public String type(Preset preset) {
    return text(preset.typeField()).orElse("");
  }

  /** The lane that it asks for; empty when it names none or the protocol has none. */
  public Optional<JsonValue> lane(Preset preset) {
    return Optional.of(preset.laneField())
        .filter(field -> !field.isEmpty())
        .map(members::get)
        .filter(lane -> lane != JsonValue.NULL);
  }
}
