package dev.culvert.host.tls;

import java.nio.ByteBuffer;

/**
 * Room for ciphertext shared by all TLS connections of one event loop, so that an idle one owns
 * none. One for each thread; made by the first TLS connection.
 */
final class TlsScratch {

  /** The most that is encrypted or decrypted at once; what an event loop can lend. */
  private static final int SIZE = 128 * 1024;

  /** The longest record: header and ciphertext of TLS 1.2 (RFC 5246 section 6.2.3). */
  static final int LONGEST_RECORD = 5 + 16 * 1024 + 2 * 1024;

  private static final int SPARES = 64;

  private static final ThreadLocal<TlsScratch> OF_THREAD = ThreadLocal.withInitial(TlsScratch::new);

  // On the heap: for direct memory the JDK's ciphers allocate, with each record, more than twice as
  // much and take a third longer.
  final ByteBuffer in = ByteBuffer.allocate(SIZE);
  final ByteBuffer out = ByteBuffer.allocate(SIZE);

  /** For unfinished records. */
  private final ByteBuffer[] spares = new ByteBuffer[SPARES];

  private int spareCount;

  private TlsScratch() {}

  /** That of the caller, an event loop. */
  static TlsScratch get() {
    return OF_THREAD.get();
  }

  /** A copy of what is left of a buffer, ready to be read; null when there is nothing. */
  ByteBuffer keep(ByteBuffer rest) {
    if (!rest.hasRemaining()) {
      return null;
    }
    ByteBuffer kept;
    if (rest.remaining() > LONGEST_RECORD) {
      kept = ByteBuffer.allocate(rest.remaining());
    } else if (spareCount > 0) {
      kept = spares[--spareCount].clear();
    } else {
      kept = ByteBuffer.allocate(LONGEST_RECORD);
    }
    return kept.put(rest).flip();
  }

  /** Takes back what {@link #keep} gave. */
  void release(ByteBuffer kept) {
    if (kept.capacity() == LONGEST_RECORD && spareCount < SPARES) {
      spares[spareCount++] = kept;
    }
  }
}
