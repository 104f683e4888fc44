package dev.culvert.testkit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** Heads and values of the upgrade handshake (RFC 9110, section 7.8; RFC 6455, section 4). */
public final class Upgrades {

  static final String WEBSOCKET = "websocket";

  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  /** The sample key of RFC 6455: one key serves every connection of a test. */
  private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

  private Upgrades() {}

  /**
   * The head of a client's request.
   *
   * @param port of the server, for {@code Host}
   * @param target path and query, encoded
   * @param token of the {@code Upgrade} header
   * @param fields further lines, each {@code name: value}
   */
  public static String request(int port, String target, String token, String... fields) {
    return "GET "
        + target
        + " HTTP/1.1\r\nHost: 127.0.0.1:"
        + port
        + "\r\nConnection: Upgrade\r\n"
        + webSocketFields(token)
        + ("Upgrade: " + token + "\r\n")
        + lines(fields)
        + "\r\n";
  }

  /** The head of the 101 that agrees to a request. */
  public static String switching(RequestHead request, String... fields) {
    String token = request.first("Upgrade").orElse("none");
    String accept =
        request
            .first("Sec-WebSocket-Key")
            .map(key -> "Sec-WebSocket-Accept: " + accept(key) + "\r\n")
            .orElse("");
    return "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: "
        + (token + "\r\n" + accept + lines(fields) + "\r\n");
  }

  /** The {@code Sec-WebSocket-Accept} that answers requests of {@link #request}. */
  static String accept() {
    return accept(KEY);
  }

  /** Returns the {@code Sec-WebSocket-Accept} for a {@code Sec-WebSocket-Key}. */
  public static String accept(String key) {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      byte[] digest = sha1.digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }

  static boolean isWebSocket(String token) {
    return token.equalsIgnoreCase(WEBSOCKET);
  }

  private static String webSocketFields(String token) {
    return isWebSocket(token)
        ? lines("Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: " + KEY)
        : "";
  }

  private static String lines(String... fields) {
    StringBuilder lines = new StringBuilder();
    for (String field : fields) {
      lines.append(field).append("\r\n");
    }
    return lines.toString();
  }
}
