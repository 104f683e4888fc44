package dev.culvert.testkit;

import java.net.ProtocolException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The head of an HTTP/1.1 response as it arrived.
 *
 * @param fields names and values in their order, names in the case they were sent in
 */
public record ResponseHead(int status, List<Map.Entry<String, String>> fields) {

  /** Makes the list unmodifiable. */
  public ResponseHead {
    fields = List.copyOf(fields);
  }

  /**
   * Reads a head.
   *
   * @param text everything up to, without, the empty line
   * @throws ProtocolException when it is not a response head (RFC 9112, sections 4 and 5)
   */
  public static ResponseHead parse(String text) throws ProtocolException {
    List<String> lines = text.lines().toList();
    if (!text.matches("(?s)HTTP/1\\.[01] \\d{3} .*")) {
      throw new ProtocolException("status line: " + text + " (expected: HTTP/1 and a status)");
    }
    List<Map.Entry<String, String>> fields = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      int colon = line.indexOf(':');
      if (colon < 1) {
        throw new ProtocolException("header: " + line + " (expected: <name>: <value>)");
      }
      fields.add(Map.entry(line.substring(0, colon), line.substring(colon + 1).strip()));
    }
    return new ResponseHead(Integer.parseInt(text.substring(9, 12)), fields);
  }

  /** Returns the value of the first field of that name, in any case. */
  public Optional<String> first(String name) {
    return all(name).stream().findFirst();
  }

  /** Returns the values of all fields of that name, in any case. */
  public List<String> all(String name) {
    return fields.stream()
        .filter(field -> field.getKey().equalsIgnoreCase(name))
        .map(Map.Entry::getValue)
        .toList();
  }
}
