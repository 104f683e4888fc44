package dev.culvert.host.relay;

import dev.culvert.host.loop.EventLoop;
import dev.culvert.host.wire.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The way to one side: what is written goes out at once; what the side does not accept waits here,
 * and nothing overtakes it. Loop thread only.
 */
final class Outbox {

  private final EventLoop loop;
  private final Wire wire;

  /** Bytes that the wire has not taken yet; null in the usual case. */
  private ByteBuffer pending;

  private boolean ended;
  private long lastFlush;

  Outbox(EventLoop loop, Wire wire) {
    this.loop = loop;
    this.wire = wire;
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
      append(buffer);
    }
    return waits();
  }

  /** Where there is no room, room for twice as much is made: what waits is not copied each time. */
  private void append(ByteBuffer more) {
    int count = more.remaining();
    if (pending.capacity() - pending.limit() < count) {
      int size = pending.remaining() + Math.max(count, pending.remaining());
      ByteBuffer roomy = ByteBuffer.allocate(size).put(pending).flip();
      drop();
      pending = roomy;
    }
    int end = pending.limit();
    pending.limit(end + count).put(end, more, more.position(), count);
    more.position(more.limit());
  }

  /**
   * Sends on.
   *
   * @return whether nothing waits any more
   * @throws IOException when the side does not listen any more; nothing waits then
   */
  boolean flush() throws IOException {
    int before = pendingBytes();
    try {
      wire.flush();
      if (pending != null) {
        wire.write(pending);
      }
    } catch (IOException e) {
      throw broken(e);
    }
    if (pending != null && !pending.hasRemaining()) {
      drop();
    }
    if (pendingBytes() < before) {
      lastFlush = loop.now();
    }
    return !waits();
  }

  private void send(ByteBuffer buffer) throws IOException {
    try {
      wire.write(buffer);
    } catch (IOException e) {
      throw broken(e);
    }
  }

  private IOException broken(IOException cause) {
    giveUp();
    return cause;
  }

  /**
   * Tells the side that no more comes.
   *
   * @throws IOException when the side does not listen any more
   */
  void end() throws IOException {
    if (!ended) {
      ended = true;
      wire.shutdownOutput();
    }
  }

  /** Nobody takes anything any more. */
  void giveUp() {
    ended = true;
    drop();
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
    return pending != null || wire.unsent() > 0;
  }

  int pendingBytes() {
    return (pending == null ? 0 : pending.remaining()) + wire.unsent();
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
