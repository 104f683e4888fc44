package dev.culvert.config;

import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;

/** Paths of request targets (RFC 3986 3.3). */
final class Paths {

  private static final String PATH_CHARACTER =
      "(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%(?![01]|7[Ff])[0-9A-Fa-f]{2})";

  private static final Pattern PATH = Pattern.compile("(?:/" + PATH_CHARACTER + "+)*/?");

  private static final Pattern TARGET = Pattern.compile("(?:" + PATH_CHARACTER + "|[/?])+");

  private Paths() {}

  /** The path of an upstream's URL, without a slash at its end. */
  static String prefix(String path) {
    if (!PATH.matcher(path).matches() || hasDotSegment(path)) {
      throw BadValueException.expected(
          "a path of visible ASCII characters, without query, fragment, // and . or .. segments");
    }
    return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }

  /** A target: a path, perhaps with a query. */
  static String target(String text) {
    if (!text.startsWith("/") || !TARGET.matcher(text).matches()) {
      throw BadValueException.expected(
          "a path that begins with /, of visible ASCII characters, perhaps with a query");
    }
    return text;
  }

  /** A template of a target, with the placeholders {@code {path}} and {@code {query}}. */
  static String rewrite(String template) {
    String literal = template.replace("{path}", "-").replace("{query}", "-");
    boolean rooted = template.startsWith("/") || template.startsWith("{path}");
    int query = template.indexOf("{query}");
    boolean inPath = query >= 0 && !template.substring(0, query).contains("?");
    if (!rooted || inPath || !TARGET.matcher(literal).matches()) {
      throw BadValueException.expected(
          "a path that begins with / or {path}, of visible ASCII characters and the placeholders"
              + " {path} and, after a ?, {query}");
    }
    return template;
  }

  /** Whether a segment is {@code .} or {@code ..}, plainly or percent-encoded. */
  static boolean hasDotSegment(String path) {
    return Arrays.stream(path.toLowerCase(Locale.ROOT).replace("%2e", ".").split("/", -1))
        .anyMatch(segment -> segment.equals(".") || segment.equals(".."));
  }
}
