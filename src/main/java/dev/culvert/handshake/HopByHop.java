package dev.culvert.handshake;

import java.util.HashSet;
import java.util.Set;

/** The fields that belong to one connection and are not passed on (RFC 9110 section 7.6.1). */
final class HopByHop {

  private static final Set<String> NAMES =
      Set.of(
          "connection",
          "content-length",
          "http2-settings",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authentication-info",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private HopByHop() {}

  /** Whether a field is never passed on as it is; {@code Content-Length} is written anew. */
  static boolean isNamed(String lowerCaseName) {
    return NAMES.contains(lowerCaseName);
  }

  /** The headers without such fields and without those that {@code Connection} lists. */
  static Headers remove(Headers headers) {
    Set<String> listed = new HashSet<>();
    for (String token : headers.tokens("Connection")) {
      listed.add(Ascii.lower(token));
    }
    return headers.without(name -> isNamed(name) || listed.contains(name));
  }
}
