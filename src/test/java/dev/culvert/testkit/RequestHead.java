package dev.culvert.testkit;

import java.net.ProtocolException;
import java.util.List;
import java.util.Map;

/**
 * The head of an HTTP/1.1 request as it arrived.
 *
 * @param method as sent
 * @param target as sent, not decoded
 * @param fields names and values in their order, names in the case they were sent in
 */
public record RequestHead(String method, String target, List<Map.Entry<String, String>> fields)
    implements Head {

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
    return new RequestHead(start[0], start[1], Head.fields(lines));
  }
}
