package dev.culvert.turn;

import static dev.culvert.turn.JsonLibrary.JSON;

import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.stream.JsonGenerator;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParser.Event;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Picks out of a request, in one pass, what a turn goes by. Of two members of one name it cannot
 * know which the upstream goes by.
 */
final class TurnBodyReader {

  private static final int MOST_MEMBERS = 1000;
  private static final int LONGEST_SHOWN = 64;

  private final JsonParser parser;
  private final Map<String, JsonValue> members = new HashMap<>();
  private Optional<String> firstUserText = Optional.empty();
  private String tools = "";

  private TurnBodyReader(JsonParser parser) {
    this.parser = parser;
  }

  /** Reads an object whose beginning was read. */
  static TurnBody read(JsonParser parser) {
    return new TurnBodyReader(parser).members();
  }

  private TurnBody members() {
    while (parser.next() == Event.KEY_NAME) {
      String name = parser.getString();
      if (members.size() == MOST_MEMBERS) {
        throw new InvalidRequest("more than " + MOST_MEMBERS + " members");
      }
      if (members.containsKey(name)) {
        throw new InvalidRequest(shown(name) + ": given twice");
      }
      members.put(name, member(name, parser.next()));
    }
    return new TurnBody(members, firstUserText, tools);
  }

  private static String shown(String name) {
    return name.substring(0, Math.min(name.length(), LONGEST_SHOWN)).replaceAll("[^ -~]", "?");
  }

  private JsonValue member(String name, Event value) {
    boolean input = name.equals("input");
    if (input && value == Event.START_ARRAY) {
      firstUserText = FirstWords.read(parser);
    } else if (name.equals("tools")) {
      tools = digest(value);
    } else {
      JsonEvents.skip(parser, value);
    }
    JsonValue kept = kept(value);
    if (input && kept instanceof JsonString words) {
      firstUserText = Optional.of(words.getString());
    }
    return kept;
  }

  private String digest(Event value) {
    return Digest.of(
        bytes -> {
          try (JsonGenerator generator = JSON.createGenerator(bytes)) {
            JsonEvents.copy(parser, value, generator);
          }
        });
  }

  private JsonValue kept(Event value) {
    return switch (value) {
      case START_OBJECT -> JsonValue.EMPTY_JSON_OBJECT;
      case START_ARRAY -> JsonValue.EMPTY_JSON_ARRAY;
      default -> parser.getValue();
    };
  }
}
