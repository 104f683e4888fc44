package dev.culvert.handshake;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * A web origin (RFC 6454 section 4). Two are equal when a browser would take them for the same.
 *
 * @param scheme lower case; {@code ws} and {@code wss} as {@code http} and {@code https}
 * @param host lower case
 * @param port with the default of the scheme filled in; empty when it has none
 */
record Origin(String scheme, String host, OptionalInt port) {

  /** Reads {@code scheme://host[:port]}; empty when the text is anything else. */
  static Optional<Origin> parse(String text) {
    int end = text.indexOf("://");
    if (end <= 0 || !FieldSyntax.isToken(text.substring(0, end))) {
      return Optional.empty();
    }
    return Authority.parse(text.substring(end + 3))
        .map(authority -> of(text.substring(0, end), authority));
  }

  private static Origin of(String scheme, Authority authority) {
    OptionalInt port =
        authority.port().isPresent() ? authority.port() : Schemes.defaultPort(scheme);
    return new Origin(Schemes.http(scheme), Ascii.lower(authority.host()), port);
  }
}
