package dev.culvert.config;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The URL of a server that may ask for a login: {@code
 * scheme://[user:password@]host[:port][/path]}.
 *
 * @param scheme lower case
 * @param login percent-encoded characters decoded
 * @param host lower case, IPv6 in brackets
 * @param port 1 to 65535
 * @param path after the first slash, empty without one
 */
record ServerUrl(String scheme, Optional<Login> login, String host, int port, String path) {

  static Optional<Login> login(String userInfo) {
    if (userInfo.isEmpty()) {
      return Optional.empty();
    }
    int colon = userInfo.indexOf(':');
    if (colon < 0) {
      throw BadValueException.expected("user:password before the @, or :password");
    }
    try {
      return Optional.of(
          new Login(decoded(userInfo.substring(0, colon)), decoded(userInfo.substring(colon + 1))));
    } catch (IllegalArgumentException e) {
      throw BadValueException.expected("percent-encoded user and password before the @");
    }
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
