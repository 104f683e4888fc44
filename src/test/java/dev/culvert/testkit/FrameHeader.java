package dev.culvert.testkit;

import java.net.ProtocolException;
import java.nio.ByteBuffer;

/**
 * The header of one WebSocket frame (RFC 6455, section 5.2). An instance is reused from frame to
 * frame and allocates nothing; it belongs to one thread.
 */
final class FrameHeader {

  static final int TEXT = 0x1;
  static final int BINARY = 0x2;
  static final int CLOSE = 0x8;
  static final int PING = 0x9;
  static final int PONG = 0xA;
  static final int FIN = 0x80;

  /** Longest header, in bytes: masked, with a 64-bit length. */
  static final int MAX = 14;

  private static final int MASKED = 0x80;

  private int first;
  private boolean masked;
  private int mask;
  private long length;

  /**
   * Reads a header at the buffer's position.
   *
   * @return false, with the position where it was, when the buffer ends inside the header
   * @throws ProtocolException when the length has its highest bit set
   */
  boolean read(ByteBuffer in) throws ProtocolException {
    int at = in.position();
    if (in.remaining() < 2) {
      return false;
    }
    int second = in.get(at + 1) & 0xFF;
    masked = (second & MASKED) != 0;
    int size = size(second & 0x7F, masked);
    if (in.remaining() < size) {
      return false;
    }
    first = in.get(at) & 0xFF;
    length =
        switch (second & 0x7F) {
          case 126 -> in.getShort(at + 2) & 0xFFFF;
          case 127 -> in.getLong(at + 2);
          default -> second & 0x7F;
        };
    if (length < 0) {
      throw new ProtocolException(
          "frame length: " + Long.toUnsignedString(length) + " (expected: below 2^63)");
    }
    mask = masked ? in.getInt(at + size - 4) : 0;
    in.position(at + size);
    return true;
  }

  /**
   * Writes an unmasked header at the buffer's position.
   *
   * @param first flags and opcode
   * @param length of the payload, in bytes
   */
  static void write(ByteBuffer out, int first, long length) {
    write(out, first, length, 0);
  }

  /** Writes a header with a mask after it at the buffer's position. */
  static void writeMasked(ByteBuffer out, int first, long length, int mask) {
    write(out, first, length, MASKED);
    out.putInt(mask);
  }

  private static void write(ByteBuffer out, int first, long length, int maskBit) {
    out.put((byte) first);
    if (length < 126) {
      out.put((byte) (maskBit | length));
    } else if (length <= 0xFFFF) {
      out.put((byte) (maskBit | 126)).putShort((short) length);
    } else {
      out.put((byte) (maskBit | 127)).putLong(length);
    }
  }

  private static int size(int shortLength, boolean masked) {
    int extra = shortLength == 126 ? 2 : shortLength == 127 ? 8 : 0;
    return 2 + extra + (masked ? 4 : 0);
  }

  int first() {
    return first;
  }

  int opcode() {
    return first & 0xF;
  }

  boolean masked() {
    return masked;
  }

  /** The masking key, 0 when the frame is not masked. */
  int mask() {
    return mask;
  }

  long length() {
    return length;
  }
}
