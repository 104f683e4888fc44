package dev.culvert.handshake;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a WebSocket handshake needs beyond an HTTP upgrade (RFC 6455 section 4). */
final class WebSocket {

  private static final String TOKEN = "websocket";
  private static final String VERSION = "13";
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final int KEY_BYTES = 16;
  private static final int KEY_CHARACTERS = 24;

  private WebSocket() {}

  static boolean is(String token) {
    return Ascii.equalIgnoringCase(token, TOKEN);
  }

  /** The value of {@code Sec-WebSocket-Accept} for a key (RFC 6455 section 4.2.2). */
  static String accept(String key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1")
              .digest((key + GUID).getBytes(StandardCharsets.ISO_8859_1));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }

  /**
   * Why a request is not a WebSocket handshake (RFC 6455 section 4.2.1).
   *
   * @param headers end-to-end ones only: what {@code Connection} lists is not passed on
   */
  static Optional<Refusal> requestFault(Headers headers) {
    List<String> versions = headers.values("Sec-WebSocket-Version");
    if (!versions.equals(List.of(VERSION))) {
      return Optional.of(
          Refusal.refused(
              426,
              Headers.of(
                  "Connection", "Upgrade", "Upgrade", TOKEN, "Sec-WebSocket-Version", VERSION),
              Detail.of("Sec-WebSocket-Version", versions, VERSION)));
    }
    if (headers.single("Sec-WebSocket-Key").filter(WebSocket::isKey).isEmpty()) {
      return Optional.of(
          Refusal.badRequest(
              Detail.of(
                  "Sec-WebSocket-Key",
                  headers.values("Sec-WebSocket-Key"),
                  "one, the Base64 of 16 bytes")));
    }
    return Optional.empty();
  }

  /**
   * Why a 101 does not answer the request (RFC 6455 section 4.1, the client's checks). Of both,
   * only end-to-end headers count.
   */
  static Optional<String> responseFault(Headers request, Headers response) {
    return acceptFault(request, response).or(() -> offerFault(request, response));
  }

  /** Whether a 101 answers the request with more than was offered, and is its answer otherwise. */
  static boolean exceedsOffer(Headers request, Headers response) {
    return acceptFault(request, response).isEmpty() && offerFault(request, response).isPresent();
  }

  private static Optional<String> offerFault(Headers request, Headers response) {
    return protocolFault(request, response).or(() -> extensionFault(request, response));
  }

  private static Optional<String> acceptFault(Headers request, Headers response) {
    String expected = request.single("Sec-WebSocket-Key").map(WebSocket::accept).orElse("");
    List<String> found = response.values("Sec-WebSocket-Accept");
    return found.equals(List.of(expected))
        ? Optional.empty()
        : Optional.of(Detail.of("Sec-WebSocket-Accept", found, expected));
  }

  private static Optional<String> protocolFault(Headers request, Headers response) {
    List<String> chosen = response.values("Sec-WebSocket-Protocol");
    List<String> offered = request.tokens("Sec-WebSocket-Protocol");
    return chosen.isEmpty() || (chosen.size() == 1 && offered.contains(chosen.get(0)))
        ? Optional.empty()
        : Optional.of(
            Detail.of("Sec-WebSocket-Protocol", chosen, "one that the client offered, or none"));
  }

  private static Optional<String> extensionFault(Headers request, Headers response) {
    return extensions(request).containsAll(extensions(response))
        ? Optional.empty()
        : Optional.of(
            Detail.of(
                "Sec-WebSocket-Extensions",
                response.values("Sec-WebSocket-Extensions"),
                "only those that the client offered"));
  }

  private static Set<String> extensions(Headers headers) {
    Set<String> names = new HashSet<>();
    for (String value : headers.values("Sec-WebSocket-Extensions")) {
      for (String element : FieldList.splitQuoted(value)) {
        int parameters = element.indexOf(';');
        names.add(FieldList.trim(parameters < 0 ? element : element.substring(0, parameters)));
      }
    }
    return names;
  }

  private static boolean isKey(String key) {
    if (key.length() != KEY_CHARACTERS) {
      return false;
    }
    try {
      return Base64.getDecoder().decode(key).length == KEY_BYTES;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
