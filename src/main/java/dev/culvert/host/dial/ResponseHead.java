package dev.culvert.host.dial;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A response head (RFC 9112 sections 4 and 5), parsed strictly: what is not well-formed is not
 * passed on to a client.
 *
 * @param headers name, value, name, value
 */
record ResponseHead(int status, List<String> headers) {

  private static final int SWITCHING_PROTOCOLS = 101;
  private static final String TOKEN_EXTRA = "!#$%&'*+-.^_`|~";

  /** A head that is not HTTP/1.1. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    Malformed(String message) {
      super(message);
    }
  }

  /**
   * Parses a head.
   *
   * @param end index after the empty line that ends it
   */
  static ResponseHead parse(byte[] bytes, int end) throws Malformed {
    String[] lines = new String(bytes, 0, end - 4, StandardCharsets.ISO_8859_1).split("\r\n", -1);
    List<String> headers = new ArrayList<>();
    for (int i = 1; i < lines.length; i++) {
      field(lines[i], headers);
    }
    return new ResponseHead(status(lines[0]), List.copyOf(headers));
  }

  private static int status(String line) throws Malformed {
    boolean version = line.startsWith("HTTP/1.1 ") || line.startsWith("HTTP/1.0 ");
    if (!version || line.length() < 12 || (line.length() > 12 && line.charAt(12) != ' ')) {
      throw new Malformed("status line: " + printable(line) + " (expected: HTTP/1.1 and a status)");
    }
    String digits = line.substring(9, 12);
    if (!digits.chars().allMatch(c -> c >= '0' && c <= '9') || digits.charAt(0) == '0') {
      throw new Malformed("status: " + printable(digits) + " (expected: 100 to 999)");
    }
    return Integer.parseInt(digits);
  }

  private static void field(String line, List<String> headers) throws Malformed {
    int colon = line.indexOf(':');
    if (colon < 1 || !line.substring(0, colon).chars().allMatch(ResponseHead::isToken)) {
      throw new Malformed("header line: " + printable(line) + " (expected: name: value)");
    }
    String value = line.substring(colon + 1).strip();
    if (value.chars().anyMatch(c -> (c < ' ' && c != '\t') || c == 0x7f)) {
      throw new Malformed(
          "header value: " + printable(line) + " (expected: no control characters)");
    }
    headers.add(line.substring(0, colon));
    headers.add(value);
  }

  private static boolean isToken(int c) {
    return (c >= '0' && c <= '9')
        || (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || TOKEN_EXTRA.indexOf(c) >= 0;
  }

  /** The first 60 characters with everything unprintable replaced, safe for a log. */
  static String printable(String text) {
    String start = text.length() > 60 ? text.substring(0, 60) + "..." : text;
    return start.replaceAll("[^ -~]", "?");
  }

  /** Whether the final response is yet to come (RFC 9110 section 15.2); not so after a 101. */
  boolean isInterim() {
    return status < 200 && !isSwitch();
  }

  /** Whether another protocol begins with it. */
  boolean isSwitch() {
    return status == SWITCHING_PROTOCOLS;
  }

  /** Values of a header, in order. */
  List<String> values(String name) {
    List<String> values = new ArrayList<>();
    for (int i = 0; i < headers.size(); i += 2) {
      if (headers.get(i).equalsIgnoreCase(name)) {
        values.add(headers.get(i + 1));
      }
    }
    return values;
  }
}
