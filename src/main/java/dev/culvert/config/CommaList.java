package dev.culvert.config;

import java.util.ArrayList;
import java.util.List;

/** Comma-separated lists as MicroProfile Config writes them: a backslash escapes a comma. */
final class CommaList {

  private CommaList() {}

  /** The entries without surrounding white space; empty ones are left out. */
  static List<String> split(String text) {
    List<String> entries = new ArrayList<>();
    StringBuilder entry = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean escape = c == '\\' && i + 1 < text.length() && text.charAt(i + 1) == ',';
      if (escape) {
        entry.append(',');
        i++;
      } else if (c == ',') {
        entries.add(entry.toString().strip());
        entry.setLength(0);
      } else {
        entry.append(c);
      }
    }
    entries.add(entry.toString().strip());
    entries.removeIf(String::isEmpty);
    return entries;
  }
}
