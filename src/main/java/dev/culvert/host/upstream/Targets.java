package dev.culvert.host.upstream;

import dev.culvert.host.pool.Target;
import java.net.URI;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Refuses targets that Tyrus would not send as they are. It sends path and query decoded, so that
 * {@code %0D%0A} would become the end of a header line.
 */
final class Targets {

  private static final Pattern VISIBLE = Pattern.compile("[!-~]*");
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
  private static final Pattern FIELD_VALUE = Pattern.compile("[\\t\\x20-\\x7e\\x80-\\xff]*");

  private Targets() {}

  /**
   * Checks a target.
   *
   * @throws IllegalArgumentException when it is refused; header values are not named
   */
  static void check(Target target) {
    URI uri = target.uri();
    require("ws".equals(uri.getScheme()) || "wss".equals(uri.getScheme()), "scheme", "ws or wss");
    require(uri.getHost() != null, "host", "a name or an address");
    require(uri.getRawUserInfo() == null, "user", "none");
    require(uri.getRawFragment() == null, "fragment", "none");
    require(isPlain(uri.getRawPath(), uri.getPath()), "path", "visible ASCII without %");
    require(isPlain(uri.getRawQuery(), uri.getQuery()), "query", "visible ASCII without %");
    for (Map.Entry<String, String> header : target.headers()) {
      require(TOKEN.matcher(header.getKey()).matches(), "header name", "a token");
      require(
          FIELD_VALUE.matcher(header.getValue()).matches(),
          header.getKey(),
          "no control characters");
    }
  }

  private static boolean isPlain(String raw, String decoded) {
    return Objects.equals(raw, decoded) && (raw == null || VISIBLE.matcher(raw).matches());
  }

  private static void require(boolean holds, String part, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(
          "upstream " + part + ": refused (expected: " + expected + ")");
    }
  }
}
