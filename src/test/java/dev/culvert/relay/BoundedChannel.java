package dev.culvert.relay;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Queue;

/** A non-blocking channel in memory, whose other end is in a test's hands. Any thread. */
public final class BoundedChannel implements ByteChannel {

  private final int capacity;

  // Guarded by this.
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
  private final Queue<ByteBuffer> incoming = new ArrayDeque<>();
  private boolean ended;
  private boolean over;
  private boolean closed;

  public BoundedChannel(int capacity) {
    this.capacity = capacity;
  }

  @Override
  public synchronized int write(ByteBuffer source) throws ClosedChannelException {
    if (closed) {
      throw new ClosedChannelException();
    }
    byte[] bytes = new byte[Math.min(source.remaining(), capacity - written.size())];
    source.get(bytes);
    written.writeBytes(bytes);
    return bytes.length;
  }

  @Override
  public synchronized int read(ByteBuffer target) throws ClosedChannelException {
    if (closed) {
      throw new ClosedChannelException();
    }
    ByteBuffer next = incoming.peek();
    if (next == null) {
      return ended ? -1 : 0;
    }
    int count = Math.min(next.remaining(), target.remaining());
    target.put(next.slice(next.position(), count));
    next.position(next.position() + count);
    if (!next.hasRemaining()) {
      incoming.remove();
    }
    return count;
  }

  /** Bytes that come from the other end. */
  public synchronized void give(byte[] bytes) {
    incoming.add(ByteBuffer.wrap(bytes));
  }

  /** The other end sends no more. */
  public synchronized void end() {
    ended = true;
  }

  /** The stream is over, though what it sent can still be read. */
  public synchronized void endStream() {
    ended = true;
    over = true;
  }

  /** The other end takes what was written. */
  public synchronized void take() {
    taken.writeBytes(written.toByteArray());
    written.reset();
  }

  /** Bytes that the other end has not taken. */
  public synchronized int held() {
    return written.size();
  }

  /** All bytes that the other end has taken. */
  public synchronized byte[] taken() {
    return taken.toByteArray();
  }

  @Override
  public synchronized boolean isOpen() {
    return !closed && !over;
  }

  @Override
  public synchronized void close() {
    closed = true;
  }
}
