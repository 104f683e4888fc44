package dev.culvert.config;

/**
 * A servlet-style path pattern: {@code /exact}, {@code /prefix/*} or {@code /*}. Longer patterns
 * win; an exact one wins over a prefix of the same length.
 */
public record PathPattern(String pattern) implements Comparable<PathPattern> {

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
