package dev.culvert.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes text fit for messages: nothing secret, nothing that forges a log line, not too long. */
final class Secrets {

  static final String MASK = "***";

  private static final int LONGEST = 300;

  private static final Pattern USER_INFO = Pattern.compile("(?<=//).*@", Pattern.DOTALL);
  private static final Pattern QUERY = Pattern.compile("(?<=\\?).+", Pattern.DOTALL);

  private Secrets() {}

  /**
   * The value of a key as a message may show it. Header values and passwords are secret, and so is
   * whatever stands behind a key that is not known; of a URL, user information and query are.
   */
  static String shown(String key, String value) {
    return shown(KeyCatalogue.find(key).map(KeyTemplate::isSecret).orElse(true), value);
  }

  /** The value as a message may show it. */
  static String shown(boolean secret, String value) {
    return secret ? MASK : withoutCredentials(value);
  }

  /** The text with control and invisible characters escaped, cut at 300 characters. */
  static String printable(String text) {
    StringBuilder printable = new StringBuilder();
    text.codePoints()
        .limit(LONGEST)
        .forEach(
            c -> {
              if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
                printable.append("\\u%04x".formatted(c));
              } else {
                printable.appendCodePoint(c);
              }
            });
    return text.length() > LONGEST ? printable + "..." : printable.toString();
  }

  private static String withoutCredentials(String value) {
    if (!value.contains("//")) {
      return value;
    }
    String anonymous = USER_INFO.matcher(value).replaceAll(Matcher.quoteReplacement(MASK + "@"));
    return QUERY.matcher(anonymous).replaceAll(Matcher.quoteReplacement(MASK));
  }
}
