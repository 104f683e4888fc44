package dev.culvert.handshake;

import java.util.List;

/** Messages shaped {@code name: value (expected: ...)} that are safe to log, whoever wrote them. */
public final class Detail {

  private static final int LONGEST_VALUE = 64;
  private static final int LONGEST_TEXT = 500;

  private Detail() {}

  static String of(String name, String value, String expected) {
    return "%s: %s (expected: %s)"
        .formatted(shortened(name, LONGEST_VALUE), shortened(value, LONGEST_VALUE), expected);
  }

  /** A message about all fields of a name, which may be none or several. */
  static String of(String name, List<String> values, String expected) {
    return of(name, values.isEmpty() ? "absent" : String.join(", ", values), expected);
  }

  /** A text of whatever origin, shortened, on one line of printable ASCII. */
  public static String text(String text) {
    return shortened(text, LONGEST_TEXT);
  }

  private static String shortened(String text, int longest) {
    StringBuilder safe = new StringBuilder();
    text.chars().limit(longest).forEach(c -> append(safe, (char) c));
    return text.length() > longest ? safe + "..." : safe.toString();
  }

  private static void append(StringBuilder safe, char c) {
    if (c >= 0x20 && c < 0x7f) {
      safe.append(c);
    } else {
      safe.append("\\u%04x".formatted((int) c));
    }
  }
}
