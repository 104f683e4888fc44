package dev.culvert.handshake;

import java.util.ArrayList;
import java.util.List;

/** Comma-separated field values (RFC 9110 section 5.6.1). Empty elements do not count. */
final class FieldList {

  private FieldList() {}

  /** The elements of a list in which a quote has no meaning. */
  static List<String> split(String value) {
    return split(value, ',', false);
  }

  /** The elements of a list whose commas may be quoted (RFC 9110 section 5.6.4). */
  static List<String> splitQuoted(String value) {
    return splitQuoted(value, ',');
  }

  /** The same for another separator, for parameters (RFC 9110 section 5.6.6). */
  static List<String> splitQuoted(String value, char separator) {
    return split(value, separator, true);
  }

  private static List<String> split(String value, char separator, boolean quotes) {
    List<String> elements = new ArrayList<>();
    boolean quoted = false;
    int start = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (quoted && c == '\\') {
        i++;
      } else if (quotes && c == '"') {
        quoted = !quoted;
      } else if (c == separator && !quoted) {
        keep(value.substring(start, i), elements);
        start = i + 1;
      }
    }
    keep(value.substring(start), elements);
    return elements;
  }

  private static void keep(String element, List<String> elements) {
    String trimmed = trim(element);
    if (!trimmed.isEmpty()) {
      elements.add(trimmed);
    }
  }

  /** Without the blanks that may surround an element: spaces and tabs, nothing else. */
  static String trim(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && isBlank(text.charAt(from))) {
      from++;
    }
    while (to > from && isBlank(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(from, to);
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }
}
