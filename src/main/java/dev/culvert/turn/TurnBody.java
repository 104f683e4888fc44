package dev.culvert.turn;

import static dev.culvert.turn.JsonLibrary.JSON;

import dev.culvert.config.Preset;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.StringReader;
import java.util.Optional;
import java.util.Set;

/**
 * What a client asks for: the body of its {@code POST}, or its message.
 *
 * @param object as sent
 */
public record TurnBody(JsonObject object) {

  /** Of HTTP only; upstream sockets always stream. */
  private static final Set<String> HTTP_ONLY = Set.of("stream", "background");

  /** Reads a body; empty when it is no JSON object, or one beyond the parser's limits. */
  public static Optional<TurnBody> read(String text) {
    try (JsonReader reader = JSON.createReader(new StringReader(text))) {
      return Optional.of(new TurnBody(reader.readObject()));
    } catch (RuntimeException e) {
      // Parsers have more than JsonException: for numbers that are too long, for too many levels.
      return Optional.empty();
    }
  }

  /** A text field. */
  public Optional<String> text(String field) {
    return text(object.get(field)).filter(value -> !value.isEmpty());
  }

  /** Whether the client wants events as they come. */
  public boolean stream() {
    return object.get("stream") == JsonValue.TRUE;
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
        .map(object::get)
        .filter(lane -> lane != JsonValue.NULL);
  }

  /** The frame that asks an upstream for the same. */
  public String frame(Preset preset) {
    JsonObjectBuilder frame = JSON.createObjectBuilder();
    boolean typed = !preset.requestType().isEmpty();
    if (typed) {
      frame.add(preset.typeField(), preset.requestType());
    }
    object.forEach(
        (name, value) -> {
          if (!HTTP_ONLY.contains(name) && !(typed && name.equals(preset.typeField()))) {
            frame.add(name, value);
          }
        });
    return frame.build().toString();
  }

  /** The first words of the user. */
  Optional<String> firstUserText() {
    JsonValue input = object.get("input");
    if (input instanceof JsonArray items) {
      return items.stream()
          .filter(item -> item instanceof JsonObject)
          .map(JsonValue::asJsonObject)
          .filter(item -> text(item.get("role")).filter("user"::equals).isPresent())
          .findFirst()
          .flatMap(item -> content(item.get("content")));
    }
    return text(input);
  }

  private static Optional<String> content(JsonValue content) {
    if (content instanceof JsonArray parts) {
      return parts.stream()
          .filter(part -> part instanceof JsonObject)
          .flatMap(part -> text(part.asJsonObject().get("text")).stream())
          .findFirst();
    }
    return text(content);
  }

  private static Optional<String> text(JsonValue value) {
    return value instanceof JsonString string ? Optional.of(string.getString()) : Optional.empty();
  }
}
