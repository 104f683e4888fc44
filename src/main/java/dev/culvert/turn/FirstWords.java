package dev.culvert.turn;

import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParser.Event;
import java.util.Optional;

/** Looks for the first words of the user in the items of an input, of which it keeps no other. */
final class FirstWords {

  private final JsonParser parser;

  /** Of the item that is being read. */
  private boolean user;

  private Optional<String> content = Optional.empty();

  private FirstWords(JsonParser parser) {
    this.parser = parser;
  }

  /** Reads an array whose beginning was read. */
  static Optional<String> read(JsonParser parser) {
    return new FirstWords(parser).items();
  }

  private Optional<String> items() {
    boolean found = false;
    Event value;
    while ((value = parser.next()) != Event.END_ARRAY) {
      if (found || value != Event.START_OBJECT) {
        JsonEvents.skip(parser, value);
      } else {
        item();
        found = user;
      }
    }
    return found ? content : Optional.empty();
  }

  private void item() {
    user = false;
    content = Optional.empty();
    while (parser.next() == Event.KEY_NAME) {
      String name = parser.getString();
      Event value = parser.next();
      if (name.equals("role")) {
        user = text(value).filter("user"::equals).isPresent();
      } else if (name.equals("content")) {
        content = value == Event.START_ARRAY ? parts() : text(value);
      } else {
        JsonEvents.skip(parser, value);
      }
    }
  }

  private Optional<String> parts() {
    Optional<String> first = Optional.empty();
    Event value;
    while ((value = parser.next()) != Event.END_ARRAY) {
      if (first.isPresent() || value != Event.START_OBJECT) {
        JsonEvents.skip(parser, value);
      } else {
        first = part();
      }
    }
    return first;
  }

  private Optional<String> part() {
    Optional<String> text = Optional.empty();
    while (parser.next() == Event.KEY_NAME) {
      boolean wanted = parser.getString().equals("text");
      Event value = parser.next();
      if (wanted) {
        text = text(value);
      } else {
        JsonEvents.skip(parser, value);
      }
    }
    return text;
  }

  /** Leaves the value, whatever it is. */
  private Optional<String> text(Event value) {
    if (value == Event.VALUE_STRING) {
      return Optional.of(parser.getString());
    }
    JsonEvents.skip(parser, value);
    return Optional.empty();
  }
}
