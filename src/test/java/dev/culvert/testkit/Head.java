package dev.culvert.testkit;

import java.net.ProtocolException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The head of an HTTP/1.1 message as it arrived. */
public sealed interface Head permits RequestHead, ResponseHead {

  /** Names and values in their order, names in the case they were sent in. */
  List<Map.Entry<String, String>> fields();

  /** Returns the value of the first field of that name, in any case. */
  default Optional<String> first(String name) {
    return all(name).stream().findFirst();
  }

  /** Returns the values of all fields of that name, in any case. */
  default List<String> all(String name) {
    return fields().stream()
        .filter(field -> field.getKey().equalsIgnoreCase(name))
        .map(Map.Entry::getValue)
        .toList();
  }

  /**
   * Reads the fields after the first line, up to an empty one or the end.
   *
   * @throws ProtocolException when one is not a field (RFC 9112, section 5)
   */
  static List<Map.Entry<String, String>> fields(List<String> lines) throws ProtocolException {
    List<Map.Entry<String, String>> fields = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      if (line.isEmpty()) {
        break;
      }
      int colon = line.indexOf(':');
      if (colon < 1) {
        throw new ProtocolException("header: " + line + " (expected: <name>: <value>)");
      }
      fields.add(Map.entry(line.substring(0, colon), line.substring(colon + 1).strip()));
    }
    return fields;
  }
}
