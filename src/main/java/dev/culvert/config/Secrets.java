package dev.culvert.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes text fit for messages: nothing secret, nothing that forges a log line, not too long. */
final class Secrets {

  static final String MASK = "***";

  private static final int LONGEST = 300;

  private static final String SLASHES = "//";
  private static final Pattern QUERY = Pattern.compile("(?<=\\?).+", Pattern.DOTALL);
  private static final String MASKED = Matcher.quoteReplacement(MASK);

  private Secrets() {}

  /**
   * The value of a key as a message may show it. Header values and passwords are secret, and so is
   * whatever stands after a key that is not known; of a URL, user information and query are, and of
   * any other value what stands before an {@code @}.
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

  /** A URL may be written without its slashes, which is the fault that the message is about. */
  private static String withoutCredentials(String value) {
    int at = value.lastIndexOf('@');
    int slashes = value.indexOf(SLASHES);
    int from = slashes >= 0 && slashes < at ? slashes + SLASHES.length() : 0;
    String anonymous = at < 0 ? value : value.substring(0, from) + MASK + value.substring(at);
    return slashes < 0 ? anonymous : QUERY.matcher(anonymous).replaceAll(MASKED);
  }
}
