package dev.culvert.config;

import java.util.Locale;
import java.util.Set;

/** Headers that rules may name, and values they may give. */
final class HeaderSyntax {

  /** Headers of one connection (RFC 9110 7.6.1) and those that the handshake itself writes. */
  private static final Set<String> RESERVED =
      Set.of(
          "host",
          "connection",
          "upgrade",
          "content-length",
          "transfer-encoding",
          "te",
          "trailer",
          "keep-alive",
          "proxy-connection",
          "proxy-authenticate",
          "proxy-authentication-info",
          "proxy-authorization",
          "http2-settings");

  private static final String RESERVED_PREFIX = "sec-websocket-";

  /** Last of the C1 control characters, and last character of ISO 8859-1. */
  private static final int LAST_C1 = 0x9f;

  private static final int LAST_LATIN1 = 0xff;

  private HeaderSyntax() {}

  static String name(String text) {
    String name = text.toLowerCase(Locale.ROOT);
    if (!Words.isToken(text)) {
      throw BadValueException.expected("a header name: letters, digits and !#$%&'*+-.^_`|~");
    }
    if (RESERVED.contains(name) || name.startsWith(RESERVED_PREFIX)) {
      throw BadValueException.expected(
          "a header other than " + text + ", which the handshake itself decides on");
    }
    return text;
  }

  /** RFC 9110 5.5, so that no value can add a line to a head. */
  static String value(String text) {
    if (!text.codePoints().allMatch(HeaderSyntax::isFieldCharacter)) {
      throw BadValueException.expected("a header value of ISO 8859-1 without control characters");
    }
    return text;
  }

  private static boolean isFieldCharacter(int c) {
    return c == '\t' || (c >= ' ' && c <= '~') || (c > LAST_C1 && c <= LAST_LATIN1);
  }
}
