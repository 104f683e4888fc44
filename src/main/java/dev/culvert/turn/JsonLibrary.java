package dev.culvert.turn;

import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.spi.JsonProvider;
import java.io.StringReader;
import java.util.Optional;

/**
 * The server's JSON library. It is found by the context class loader of the thread that needs it
 * first, which must be one of the server's; threads of the host have none that would lead there.
 */
final class JsonLibrary {

  static final JsonProvider JSON = JsonProvider.provider();

  private JsonLibrary() {}

  /** The object that an event of an upstream is; empty when it is none. */
  static Optional<JsonObject> object(String event) {
    try (JsonReader reader = JSON.createReader(new StringReader(event))) {
      return Optional.of(reader.readObject());
    } catch (RuntimeException e) {
      // Parsers have more than JsonException: for numbers that are too long, for too many levels.
      return Optional.empty();
    }
  }
}
