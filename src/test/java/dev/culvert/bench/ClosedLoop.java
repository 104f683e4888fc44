package dev.culvert.bench;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One connection that asks, takes the whole answer, asks again. Its socket does not block. Belongs
 * to one thread.
 */
interface ClosedLoop extends Closeable {

  /** Asks for the first time, or again; the answer before is whole. */
  void send(long now) throws IOException;

  /**
   * Does what the socket is ready for.
   *
   * @param buffer the loop's, for this call
   * @return whether the answer is whole, so that {@link #send} is due
   * @throws IOException when the connection failed or the answer is not the right one
   */
  boolean ready(ByteBuffer buffer) throws IOException;

  /** When was asked last, in the time of {@link System#nanoTime()}. */
  long sentAt();
}
