package dev.culvert.host.frame;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/** Encodes the control frames that the relay injects (RFC 6455 section 5.5). */
public final class ControlFrames {

  private static final SecureRandom RANDOM = new SecureRandom();

  private static final int FIN = 0x80;
  private static final int CLOSE = 8;
  private static final int PING = 9;

  private ControlFrames() {}

  /**
   * Encodes a close frame.
   *
   * @param masked true towards a server
   */
  public static ByteBuffer close(CloseStatus status, boolean masked) {
    byte[] reason = status.reason().getBytes(StandardCharsets.UTF_8);
    byte[] payload =
        ByteBuffer.allocate(2 + reason.length).putShort((short) status.code()).put(reason).array();
    return encode(CLOSE, payload, masked);
  }

  /**
   * Encodes a ping with eight bytes of payload.
   *
   * @param masked true towards a server
   */
  public static ByteBuffer ping(long payload, boolean masked) {
    return encode(PING, ByteBuffer.allocate(Long.BYTES).putLong(payload).array(), masked);
  }

  private static ByteBuffer encode(int opcode, byte[] payload, boolean masked) {
    ByteBuffer frame = ByteBuffer.allocate(6 + payload.length);
    frame.put((byte) (FIN | opcode)).put((byte) (payload.length | (masked ? 0x80 : 0)));
    if (masked) {
      byte[] key = new byte[4];
      RANDOM.nextBytes(key);
      frame.put(key);
      for (int i = 0; i < payload.length; i++) {
        payload[i] ^= key[i & 3];
      }
    }
    return frame.put(payload).flip();
  }
}
