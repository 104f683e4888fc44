package dev.culvert.handshake;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Host and port as in {@code Host} (RFC 9110 section 7.2), without user information.
 *
 * @param host as written, IPv6 in brackets
 * @param port 0 to 65535, empty when left out
 */
record Authority(String host, OptionalInt port) {

  // Narrower than RFC 3986: separators in a name would have a meaning in lists and quoted strings.
  private static final Pattern SYNTAX =
      Pattern.compile("(\\[[0-9A-Fa-f:.]{2,45}]|[A-Za-z0-9._~%-]{1,255})(?::([0-9]{0,5}))?");

  static Optional<Authority> parse(String text) {
    Matcher matcher = SYNTAX.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String port = matcher.group(2);
    if (port == null || port.isEmpty()) {
      return Optional.of(new Authority(matcher.group(1), OptionalInt.empty()));
    }
    int number = Integer.parseInt(port);
    return number > 65535
        ? Optional.empty()
        : Optional.of(new Authority(matcher.group(1), OptionalInt.of(number)));
  }

  /** {@code host} or {@code host:port}. */
  @Override
  public String toString() {
    return port.isPresent() ? host + ":" + port.getAsInt() : host;
  }
}
