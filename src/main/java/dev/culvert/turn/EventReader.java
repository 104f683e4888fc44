package dev.culvert.turn;

import static dev.culvert.turn.JsonLibrary.JSON;

import dev.culvert.config.Preset;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonReaderFactory;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParserFactory;
import java.io.StringReader;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads events as a preset says. Of events in the middle of a turn only the type is looked for.
 * Safe for use by any thread.
 */
public final class EventReader {

  private static final String ERROR = "error";
  private static final String RESPONSE = "response";
  private static final String CODE = "code";

  private final Preset preset;
  private final JsonParserFactory parsers = JSON.createParserFactory(Map.of());
  private final JsonReaderFactory readers = JSON.createReaderFactory(Map.of());

  /** Reads what upstreams of this dialect say. */
  public EventReader(Preset preset) {
    this.preset = preset;
  }

  /** The event that a message is; empty when it is no JSON object. */
  public Optional<Event> read(String text) {
    try {
      String type = type(text);
      if (preset.terminals().contains(type)) {
        return Optional.of(terminal(type, text));
      }
      Event.Kind kind = preset.isMetadata(type) ? Event.Kind.METADATA : Event.Kind.VISIBLE;
      return Optional.of(new Event(kind, type, "", "", text));
    } catch (RuntimeException e) {
      // Parsers have more than JsonException: for numbers that are too long, for too many levels.
      return Optional.empty();
    }
  }

  private String type(String text) {
    try (JsonParser parser = parsers.createParser(new StringReader(text))) {
      if (!parser.hasNext() || parser.next() != JsonParser.Event.START_OBJECT) {
        throw new JsonException("event: no object");
      }
      while (parser.next() == JsonParser.Event.KEY_NAME) {
        boolean wanted = parser.getString().equals(preset.typeField());
        JsonParser.Event value = parser.next();
        if (wanted) {
          return value == JsonParser.Event.VALUE_STRING ? parser.getString() : "";
        }
        JsonEvents.skip(parser, value);
      }
      return "";
    }
  }

  private Event terminal(String type, String text) {
    try (JsonReader reader = readers.createReader(new StringReader(text))) {
      JsonObject event = reader.readObject();
      String responseId =
          preset.owning().contains(type)
              ? object(event, RESPONSE).flatMap(response -> string(response, "id")).orElse("")
              : "";
      Event.Kind kind = isFailure(type, event) ? Event.Kind.FAILURE : Event.Kind.TERMINAL;
      return new Event(kind, type, code(event), responseId, text);
    }
  }

  /** Errors need not have a code where codes are looked for. */
  private static boolean isFailure(String type, JsonObject event) {
    return type.equals(ERROR) || object(event, ERROR).isPresent() || nestedError(event).isPresent();
  }

  /** The code of the error, else its type, else the code of the response's error. */
  private static String code(JsonObject event) {
    Optional<JsonObject> error = object(event, ERROR);
    return Stream.of(
            error.flatMap(e -> string(e, CODE)),
            error.flatMap(e -> string(e, "type")),
            nestedError(event).flatMap(e -> string(e, CODE)))
        .flatMap(Optional::stream)
        .findFirst()
        .orElse("");
  }

  private static Optional<JsonObject> nestedError(JsonObject event) {
    return object(event, RESPONSE).flatMap(response -> object(response, ERROR));
  }

  private static Optional<JsonObject> object(JsonObject parent, String name) {
    JsonValue value = parent.get(name);
    return value instanceof JsonObject object ? Optional.of(object) : Optional.empty();
  }

  private static Optional<String> string(JsonObject parent, String name) {
    JsonValue value = parent.get(name);
    return value instanceof JsonString string ? Optional.of(string.getString()) : Optional.empty();
  }
}
