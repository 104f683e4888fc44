package dev.culvert.host.relay;

import dev.culvert.host.loop.EventLoop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * The way to one side: what is written goes out at once; what the side does not accept waits here,
 * and nothing overtakes it. Loop thread only.
 */
final class Outbox {

  private final EventLoop loop;
  private final SocketChannel channel;

  /** Bytes that the side has not accepted yet; null in the usual case. */
  private ByteBuffer pending;

  private boolean ended;
  private long lastFlush;

  Outbox(EventLoop loop, SocketChannel channel) {
    this.loop = loop;
    this.channel = channel;
    this.lastFlush = loop.now();
  }

  /**
   * Sends what can be sent and keeps the rest.
   *
   * @param shared whether the buffer is the loop's, so that it can be kept instead of copied
   * @return whether something waits now
   * @throws IOException when the side does not listen any more; nothing waits then
   */
  boolean write(ByteBuffer buffer, boolean shared) throws IOException {
    if (pending == null) {
      send(buffer);
      if (buffer.hasRemaining()) {
        pending = shared ? loop.takeBuffer() : copy(buffer);
      }
    } else {
      ByteBuffer more = ByteBuffer.allocate(pending.remaining() + buffer.remaining());
      more.put(pending).put(buffer).flip();
      drop();
      pending = more;
    }
    return pending != null;
  }

  /**
   * Sends on.
   *
   * @return whether nothing waits any more
   * @throws IOException when the side does not listen any more; nothing waits then
   */
  boolean flush() throws IOException {
    if (pending != null) {
      if (send(pending) > 0) {
        lastFlush = loop.now();
      }
      if (!pending.hasRemaining()) {
        drop();
      }
    }
    return pending == null;
  }

  private int send(ByteBuffer buffer) throws IOException {
    try {
      return channel.write(buffer);
    } catch (IOException e) {
      ended = true;
      drop();
      throw e;
    }
  }

  /**
   * Tells the side that no more comes.
   *
   * @throws IOException when the side does not listen any more
   */
  void end() throws IOException {
    if (!ended) {
      ended = true;
      channel.shutdownOutput();
    }
  }

  /** Gives the waiting bytes up. */
  void drop() {
    if (pending != null) {
      loop.recycle(pending);
      pending = null;
    }
  }

  private static ByteBuffer copy(ByteBuffer buffer) {
    return ByteBuffer.allocate(buffer.remaining()).put(buffer).flip();
  }

  /** Whether bytes wait for the side. */
  boolean waits() {
    return pending != null;
  }

  int pendingBytes() {
    return pending == null ? 0 : pending.remaining();
  }

  /** Whether nothing can be written any more. */
  boolean hasEnded() {
    return ended;
  }

  /** When the side last took bytes that had waited. */
  long lastFlush() {
    return lastFlush;
  }
}
