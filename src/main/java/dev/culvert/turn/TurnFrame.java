package dev.culvert.turn;

import static dev.culvert.turn.JsonLibrary.JSON;

import dev.culvert.config.Preset;
import jakarta.json.stream.JsonGenerator;
import jakarta.json.stream.JsonParser;
import java.io.StringWriter;
import java.util.Set;

/** Makes frames that ask an upstream for what clients ask for by {@code POST}. */
public final class TurnFrame {

  /** Of HTTP only; upstream sockets always stream. */
  private static final Set<String> HTTP_ONLY = Set.of("stream", "background");

  private TurnFrame() {}

  /**
   * The frame for a body.
   *
   * @throws InvalidRequest when it cannot be made
   */
  public static String of(String body, Preset preset) {
    StringWriter frame = new StringWriter(body.length() + preset.requestType().length());
    return RequestText.read(
        body,
        parser -> {
          try (JsonGenerator generator = JSON.createGenerator(frame)) {
            write(parser, preset, generator);
          }
          return frame.toString();
        });
  }

  private static void write(JsonParser parser, Preset preset, JsonGenerator frame) {
    frame.writeStartObject();
    boolean typed = !preset.requestType().isEmpty();
    if (typed) {
      frame.write(preset.typeField(), preset.requestType());
    }
    while (parser.next() == JsonParser.Event.KEY_NAME) {
      String name = parser.getString();
      JsonParser.Event value = parser.next();
      if (HTTP_ONLY.contains(name) || (typed && name.equals(preset.typeField()))) {
        JsonEvents.skip(parser, value);
      } else {
        frame.writeKey(name);
        JsonEvents.copy(parser, value, frame);
      }
    }
    frame.writeEnd();
  }
}
