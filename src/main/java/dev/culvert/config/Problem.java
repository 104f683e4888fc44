package dev.culvert.config;

/**
 * One fault of the configuration.
 *
 * @param key the offending key, or the environment variable when no key could be made of it
 * @param value as found, secrets masked; {@code missing} for a required key without a value
 * @param complaint what was expected, or what else is wrong
 */
public record Problem(String key, String value, String complaint) {

  /** Escapes control characters, so that a value cannot forge a line of the log. */
  public Problem {
    key = Secrets.printable(key);
    value = Secrets.printable(value);
    complaint = Secrets.printable(complaint);
  }

  /** One line: {@code key: value (complaint)}. */
  public String text() {
    return key + ": " + value + " (" + complaint + ")";
  }
}
