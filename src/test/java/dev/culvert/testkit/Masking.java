package dev.culvert.testkit;

import java.nio.ByteBuffer;

/** Masking of payload (RFC 6455, section 5.3); doing it twice undoes it. */
final class Masking {

  private Masking() {}

  /**
   * Masks bytes on their way from one place of a buffer to the same or an earlier one.
   *
   * @param offset place of the first byte in the frame's payload
   */
  static void apply(ByteBuffer buffer, int from, int to, int count, int mask, long offset) {
    int turned = Integer.rotateLeft(mask, (int) (offset & 3) * 8);
    long wide = ((long) turned << 32) | (turned & 0xFFFF_FFFFL);
    int done = 0;
    for (; done <= count - Long.BYTES; done += Long.BYTES) {
      buffer.putLong(to + done, buffer.getLong(from + done) ^ wide);
    }
    for (; done < count; done++) {
      int shift = 24 - (done & 3) * 8;
      buffer.put(to + done, (byte) (buffer.get(from + done) ^ (turned >>> shift)));
    }
  }
}
