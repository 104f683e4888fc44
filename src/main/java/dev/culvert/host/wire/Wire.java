package dev.culvert.host.wire;

import dev.culvert.host.loop.ChannelHandler;
import dev.culvert.host.loop.EventLoop;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One connection as a stream sees it: bytes in, bytes out, and readiness in between. Nothing
 * blocks.
 *
 * <p>Everything is called on one event loop, but for {@link #close} of a wire that was never
 * attached. Operations are those of {@link java.nio.channels.SelectionKey}, {@code OP_READ} and
 * {@code OP_WRITE}, whether or not there is a channel. A wire that holds bytes which no channel
 * will announce (decrypted ones, or those of a buffer that somebody else fills) signals them by
 * itself.
 */
public interface Wire {

  /** Room that every buffer given to {@link #read} has: that of the longest TLS record. */
  int LEAST_ROOM = 18 * 1024 + 512;

  /**
   * Has the handler told of what it asks for with {@link #interest}, from the loop's next turn on;
   * at first that is nothing. A wire may be attached again, to another handler of the same loop.
   *
   * @throws IOException when the connection is closed
   */
  void attach(EventLoop loop, ChannelHandler handler) throws IOException;

  /** What the handler wants to hear of; ignored once the connection is closed. */
  void interest(int operations);

  /**
   * Reads what is there.
   *
   * @param buffer with room for {@link #LEAST_ROOM} bytes or more
   * @return the number of bytes, 0 when there are none yet, -1 at the proper end of input
   * @throws IOException when the connection is broken, or ended without saying so as it should
   */
  int read(ByteBuffer buffer) throws IOException;

  /**
   * Takes bytes, none while there are {@link #unsent} ones.
   *
   * @return the number of bytes taken
   * @throws IOException when the other end does not listen any more
   */
  int write(ByteBuffer buffer) throws IOException;

  /**
   * Bytes that {@link #write} or {@link #shutdownOutput} took and the connection has not; while
   * there are any, the handler hears of {@code OP_WRITE} and calls {@link #flush}.
   */
  int unsent();

  /**
   * Sends on what is {@link #unsent}.
   *
   * @throws IOException when the other end does not listen any more
   */
  void flush() throws IOException;

  /**
   * Tells the other end, after all that was written, that no more comes. Reading goes on.
   *
   * @throws IOException when the other end does not listen any more
   */
  void shutdownOutput() throws IOException;

  /**
   * Whether the end of input that {@link #read} told was the end of output as well: {@code
   * close_notify} of TLS 1.2 closes both directions (RFC 5246 section 7.2.1).
   */
  default boolean endedBothWays() {
    return false;
  }

  /** Closes the connection, the right way if that takes no time. Called once; does not throw. */
  void close();
}
