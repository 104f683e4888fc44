package dev.culvert.testkit;

import java.net.ProtocolException;
import java.util.List;
import java.util.Map;

/**
 * The head of an HTTP/1.1 response as it arrived.
 *
 * @param fields names and values in their order, names in the case they were sent in
 */
public record ResponseHead(int status, List<Map.Entry<String, String>> fields) implements Head {

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
    return new ResponseHead(Integer.parseInt(text.substring(9, 12)), Head.fields(lines));
  }
}
