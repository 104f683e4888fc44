package dev.culvert.testkit;

import java.net.ProtocolException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The head of an HTTP/1.1 request as it arrived.
 *
 * @param method as sent
 * @param target as sent, not decoded
 * @param fields names and values in their order, names in the case they were sent in
 */
public record RequestHead(String method, String target, List<Map.Entry<String, String>> fields) {

  /** Makes the list unmodifiable. */
  public RequestHead {
    fields = List.copyOf(fields);
  }

  /**
   * Reads a head.
   *
   * @param text everything up to, with or without, the empty line
   * @throws ProtocolException when it is not a request head (RFC 9112, sections 3 and 5)
   */
  public static RequestHead parse(String text) throws ProtocolException {
    List<String> lines = text.lines().toList();
    String[] start = lines.isEmpty() ? new String[0] : lines.get(0).split(" ", -1);
    if (start.length != 3 || !start[2].startsWith("HTTP/1.")) {
      throw new ProtocolException("request line: " + lines + " (expected: GET <target> HTTP/1.1)");
    }
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
    return new RequestHead(start[0], start[1], fields);
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
