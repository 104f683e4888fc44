package dev.culvert.testkit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** Values of the upgrade handshake (RFC 9110, section 7.8; RFC 6455, section 4). */
public final class Upgrades {

  static final String WEBSOCKET = "websocket";

  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private Upgrades() {}

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
}
