package dev.culvert.host.tls;

import dev.culvert.host.wire.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The ciphertext that comes in: what of it could not be decrypted yet waits here, usually the
 * beginning of a record. Loop thread only.
 */
final class TlsInput {

  private final Wire transport;

  /** Null in the usual case. */
  private ByteBuffer held;

  private boolean ended;

  /**
   * @param early what was read before, consumed by nobody else
   */
  TlsInput(Wire transport, ByteBuffer early) {
    this.transport = transport;
    this.held = early.hasRemaining() ? early : null;
  }

  /**
   * Puts what waits, and after it what the transport has, into the scratch buffer. The caller gives
   * back what is left of it to {@link #keep}.
   *
   * @param most how much is wanted, at least the longest record
   */
  ByteBuffer load(TlsScratch scratch, int most) throws IOException {
    ByteBuffer in = scratch.in.clear();
    in.limit(Math.min(most, in.capacity()));
    if (held != null) {
      if (held.remaining() > in.remaining()) {
        in.put(held.slice().limit(in.remaining()));
        held.position(held.position() + in.position());
        return in.flip();
      }
      in.put(held);
      scratch.release(held);
      held = null;
    }
    if (!ended && in.hasRemaining() && !TlsRecord.isWhole(in, 0, in.position())) {
      ended = transport.read(in) < 0;
    }
    return in.flip();
  }

  /** Keeps what is left of the loaded bytes. */
  void keep(TlsScratch scratch, ByteBuffer rest) {
    if (held == null) {
      held = scratch.keep(rest);
    } else if (rest.hasRemaining()) {
      ByteBuffer all = ByteBuffer.allocate(rest.remaining() + held.remaining());
      held = all.put(rest).put(held).flip();
    }
  }

  /** Whether a whole record waits, of which no channel will tell. */
  boolean hasRecord() {
    return held != null && TlsRecord.isWhole(held);
  }

  /** Whether the transport has ended and no whole record waits. */
  boolean hasEnded() {
    return ended && !hasRecord();
  }

  void drop() {
    held = null;
  }
}
