package dev.culvert.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;

/**
 * One WebSocket frame (RFC 6455, section 5.2).
 *
 * @param first flags and opcode
 * @param payload unmasked
 */
@SuppressWarnings("ArrayRecordComponent") // read and written, never compared
record Frame(int first, byte[] payload) {

  /** Longest payload that is read, in bytes. */
  static final int MAX_PAYLOAD = 16 * 1024 * 1024;

  private static final int FIN = 0x80;
  private static final int TEXT = 0x1;
  private static final int CLOSE = 0x8;
  private static final int PING = 0x9;
  private static final int PONG = 0xA;
  private static final int MASKED = 0x80;
  private static final int MAX_HEADER = 10;

  static Frame text(String text) {
    return new Frame(FIN | TEXT, text.getBytes(UTF_8));
  }

  /**
   * Reads a client's frame.
   *
   * @throws ProtocolException when it is not masked or too long
   */
  static Frame read(DataInputStream in) throws IOException {
    int first = in.readUnsignedByte();
    int second = in.readUnsignedByte();
    long length =
        switch (second & 0x7F) {
          case 126 -> in.readUnsignedShort();
          case 127 -> in.readLong();
          default -> second & 0x7F;
        };
    if ((second & MASKED) == 0) {
      throw new ProtocolException("frame: unmasked (expected: masked)");
    }
    if (length < 0 || length > MAX_PAYLOAD) {
      throw new ProtocolException("frame: " + length + " bytes (expected: <= " + MAX_PAYLOAD + ")");
    }
    byte[] mask = in.readNBytes(4);
    byte[] payload = in.readNBytes((int) length);
    for (int i = 0; i < payload.length; i++) {
      payload[i] ^= mask[i % 4];
    }
    return new Frame(first, payload);
  }

  /** The bytes of the frame as a server sends it. */
  byte[] bytes() {
    ByteBuffer out = ByteBuffer.allocate(MAX_HEADER + payload.length);
    out.put((byte) first);
    if (payload.length < 126) {
      out.put((byte) payload.length);
    } else if (payload.length <= 0xFFFF) {
      out.put((byte) 126).putShort((short) payload.length);
    } else {
      out.put((byte) 127).putLong(payload.length);
    }
    byte[] bytes = new byte[out.put(payload).flip().remaining()];
    out.get(bytes);
    return bytes;
  }

  boolean isClose() {
    return opcode() == CLOSE;
  }

  /** What an echo answers: a pong to a ping, else the same. */
  Frame echo() {
    return opcode() == PING ? new Frame(FIN | PONG, payload) : this;
  }

  private int opcode() {
    return first & 0xF;
  }
}
