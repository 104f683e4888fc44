package dev.culvert.relay.frame;

import java.nio.ByteBuffer;
import java.security.SecureRandom;

/**
 * Masking keys that nobody can foresee (RFC 6455 section 5.3). They are drawn in batches, because a
 * draw costs more than masking a short frame. One thread at a time.
 */
final class MaskKeys {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int BATCH = 64;

  private ByteBuffer left = ByteBuffer.allocate(0);

  int next() {
    if (!left.hasRemaining()) {
      byte[] batch = new byte[BATCH * Integer.BYTES];
      RANDOM.nextBytes(batch);
      left = ByteBuffer.wrap(batch);
    }
    return left.getInt();
  }

  /**
   * Masks bytes in place.
   *
   * @param offset of the first byte within its frame's payload
   */
  static void apply(byte[] bytes, int from, int count, int key, long offset) {
    int rotated = Integer.rotateLeft(key, (int) (offset & 3) * 8);
    ByteBuffer view = ByteBuffer.wrap(bytes);
    long wide = ((long) rotated << 32) | (rotated & 0xffff_ffffL);
    int at = from;
    int end = from + count;
    for (; end - at >= Long.BYTES; at += Long.BYTES) {
      view.putLong(at, view.getLong(at) ^ wide);
    }
    for (int i = 0; at < end; at++, i++) {
      bytes[at] ^= (byte) (rotated >>> (24 - 8 * (i & 3)));
    }
  }
}
