package dev.culvert.testkit;

import java.net.ProtocolException;
import java.nio.ByteBuffer;

/** What the upstream answers on one upgraded connection. Belongs to one thread. */
interface Echo {

  /** Writes what was kept back of the bytes before; called before the buffer is filled further. */
  default void resume(ByteBuffer buffer) {}

  /**
   * Turns the bytes between position and limit, position being 0, into the answer, in place.
   *
   * @throws ProtocolException when the client broke the protocol
   */
  default void answer(ByteBuffer buffer) throws ProtocolException {}

  /** Whether the answer so far ends the connection. */
  default boolean finished() {
    return false;
  }
}
