package dev.culvert.turn;

import jakarta.json.stream.JsonGenerator;
import jakarta.json.stream.JsonParser;

/**
 * Goes through JSON value by value and keeps none: of many short ones a tree is fifty times as
 * large.
 */
final class JsonEvents {

  private JsonEvents() {}

  /** Leaves a value, told by its first event. Parsson's own skipping never ends on a cut text. */
  static void skip(JsonParser parser, JsonParser.Event value) {
    int depth = levels(value);
    while (depth > 0) {
      depth += levels(parser.next());
    }
  }

  /** Writes a value, told by its first event. */
  static void copy(JsonParser parser, JsonParser.Event value, JsonGenerator to) {
    write(parser, value, to);
    int depth = levels(value);
    while (depth > 0) {
      JsonParser.Event event = parser.next();
      write(parser, event, to);
      depth += levels(event);
    }
  }

  private static int levels(JsonParser.Event event) {
    return switch (event) {
      case START_OBJECT, START_ARRAY -> 1;
      case END_OBJECT, END_ARRAY -> -1;
      default -> 0;
    };
  }

  private static void write(JsonParser parser, JsonParser.Event event, JsonGenerator to) {
    switch (event) {
      case START_OBJECT -> to.writeStartObject();
      case START_ARRAY -> to.writeStartArray();
      case KEY_NAME -> to.writeKey(parser.getString());
      case VALUE_STRING -> to.write(parser.getString());
      case VALUE_NUMBER -> to.write(parser.getBigDecimal());
      case VALUE_TRUE -> to.write(true);
      case VALUE_FALSE -> to.write(false);
      case VALUE_NULL -> to.writeNull();
      case END_OBJECT, END_ARRAY -> to.writeEnd();
    }
  }
}
