package dev.culvert.admin;

import dev.culvert.boundary.Fields;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes JSON (RFC 8259) in ASCII; also on servers that have no library for it. */
final class Json {

  static final String CONTENT_TYPE = "application/json";

  private Json() {}

  /**
   * A document.
   *
   * @param value a map with keys of text, a collection, a public record, a text, a number or a
   *     truth value
   */
  static String of(Object value) {
    return value(value) + "\n";
  }

  private static String value(Object value) {
    if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .map(entry -> quoted(entry.getKey().toString()) + ":" + value(entry.getValue()))
          .collect(Collectors.joining(",", "{", "}"));
    }
    if (value instanceof Collection<?> several) {
      return several.stream().map(Json::value).collect(Collectors.joining(",\n ", "[", "]"));
    }
    if (value instanceof Record record) {
      return value(Fields.of(record));
    }
    return value instanceof Number || value instanceof Boolean
        ? value.toString()
        : quoted(String.valueOf(value));
  }

  /** Whatever is not plain ASCII is escaped: names come from clients. */
  private static String quoted(String text) {
    StringBuilder json = new StringBuilder("\"");
    text.chars()
        .forEach(
            c -> {
              if (c < 0x20 || c > 0x7e || c == '"' || c == '\\') {
                json.append("\\u%04x".formatted(c));
              } else {
                json.append((char) c);
              }
            });
    return json.append('"').toString();
  }
}
