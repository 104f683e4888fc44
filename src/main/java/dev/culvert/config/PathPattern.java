package dev.culvert.config;

import java.util.regex.Pattern;

/**
 * A servlet-style path pattern: {@code /exact}, {@code /prefix/*} or {@code /*}; {@code /} alone is
 * exact. Longer patterns win; an exact one wins over a prefix of the same length.
 *
 * @param pattern as configured, decoded
 */
public record PathPattern(String pattern) implements Comparable<PathPattern> {

  private static final Pattern SYNTAX =
      Pattern.compile("(?:/[^/*?#;%\\\\\\p{Cntrl}]+)*(?:/|/\\*)?", Pattern.UNICODE_CHARACTER_CLASS);

  /**
   * @throws IllegalArgumentException when it is no such pattern
   */
  public PathPattern {
    if (pattern.isEmpty() || !SYNTAX.matcher(pattern).matches() || Paths.hasDotSegment(pattern)) {
      throw BadValueException.expected(
          "/exact, /prefix/* or /*, decoded, without // and . or .. segments, and without"
              + " ? # ; % \\ and control characters");
    }
  }

  /** Whether the pattern covers a decoded path that begins with a slash. */
  public boolean matches(String path) {
    if (!isPrefix()) {
      return pattern.equals(path);
    }
    String prefix = pattern.substring(0, pattern.length() - 2);
    return path.startsWith(prefix)
        && (path.length() == prefix.length() || path.charAt(prefix.length()) == '/');
  }

  /** Orders the pattern that wins first. */
  @Override
  public int compareTo(PathPattern other) {
    if (isPrefix() != other.isPrefix() && stem() == other.stem()) {
      return isPrefix() ? 1 : -1;
    }
    int byLength = Integer.compare(other.stem(), stem());
    return byLength != 0 ? byLength : pattern.compareTo(other.pattern);
  }

  private boolean isPrefix() {
    return pattern.endsWith("/*");
  }

  private int stem() {
    return isPrefix() ? pattern.length() - 2 : pattern.length();
  }
}
