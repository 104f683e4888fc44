package dev.culvert.handshake;

import java.util.OptionalInt;

/** URI schemes: WebSocket's two are HTTP's two (RFC 6455 section 3). */
final class Schemes {

  private Schemes() {}

  /** In lower case, {@code ws} and {@code wss} as {@code http} and {@code https}. */
  static String http(String scheme) {
    String lower = Ascii.lower(scheme);
    return switch (lower) {
      case "ws" -> "http";
      case "wss" -> "https";
      default -> lower;
    };
  }

  static OptionalInt defaultPort(String scheme) {
    return switch (http(scheme)) {
      case "http" -> OptionalInt.of(80);
      case "https" -> OptionalInt.of(443);
      default -> OptionalInt.empty();
    };
  }
}
