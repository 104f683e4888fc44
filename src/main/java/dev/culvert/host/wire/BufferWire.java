package dev.culvert.host.wire;

import dev.culvert.host.loop.ChannelHandler;
import dev.culvert.host.loop.EventLoop;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;

/**
 * A connection whose socket belongs to somebody else: two bounded queues of bytes between the
 * stream, on its event loop, and the holder of the {@link #channel}, on any thread. A side that
 * found nothing to read or no room to write is told once when that has changed, so that a slow one
 * holds up the other.
 *
 * <p>One lock guards all state; under it bytes are copied, at most {@value ByteQueue#CAPACITY} of
 * them, and nobody is called. Whoever changes a queue looks at the other side's wish under the same
 * lock, so that no wake-up is lost.
 */
public final class BufferWire implements Wire {

  private static final Logger LOG = System.getLogger("dev.culvert.host");

  private final Far channel = new Far();
  private final Runnable turn = this::turn;

  // All below: guarded by this.
  private final ByteQueue toStream = new ByteQueue();
  private final ByteQueue fromStream = new ByteQueue();

  /** Told of changes that the far side waits for; null once there will be none. */
  private Runnable signal;

  /** Told once that the far side is gone; null when nobody is, or has been. */
  private Runnable failed;

  private EventLoop loop;
  private ChannelHandler handler;
  private int interest;

  /** Whether a turn of the loop is on its way. */
  private boolean turnDue;

  private boolean readerWaits;
  private boolean writerWaits;

  /** The far side sends no more. */
  private boolean inputEnded;

  /** The stream sends no more. */
  private boolean outputEnded;

  /** The stream has ended. */
  private boolean closed;

  /** Why the far side is gone; null while it is there. */
  private String gone;

  /**
   * Makes a wire.
   *
   * @param signal run on the event loop when the far side can read again after a read that returned
   *     0, or write again after a write that took less than it was given, and once more when the
   *     stream has ended; must not block. It is let go of when the stream has ended or the far side
   *     is closed.
   */
  public BufferWire(Runnable signal) {
    this.signal = signal;
  }

  /**
   * The far side's end. Nothing blocks: {@code read} returns 0 when there is nothing yet and -1
   * when the stream will send no more; {@code write} takes what fits and throws {@link
   * ClosedChannelException} once nobody reads it; {@code isOpen} is false once the stream has
   * ended; {@code close} tells the stream that the far side is gone, after what it wrote before.
   */
  public ByteChannel channel() {
    return channel;
  }

  /** The far side sends no more, but still reads. Any thread. */
  public void endInput() {
    synchronized (this) {
      inputEnded = true;
    }
    wake();
  }

  /**
   * The far side is gone; what it wrote before is still read. Only the first call counts. Any
   * thread.
   *
   * @param detail for the log: what happened
   */
  public void fail(String detail) {
    Runnable told;
    synchronized (this) {
      if (gone == null) {
        gone = detail;
      }
      signal = null;
      fromStream.clear();
      told = failed;
      failed = null;
    }
    wake();
    tell(told);
  }

  /**
   * Has a listener told that the far side is gone, also when nothing is read for the moment. Once,
   * at once when it is gone already; by the thread that finds out.
   */
  public void onFailed(Runnable listener) {
    synchronized (this) {
      if (gone == null) {
        failed = listener;
        return;
      }
    }
    tell(listener);
  }

  @Override
  public synchronized void attach(EventLoop newLoop, ChannelHandler newHandler) {
    loop = newLoop;
    handler = newHandler;
    interest = 0;
  }

  @Override
  public void interest(int operations) {
    synchronized (this) {
      interest = operations;
    }
    wake();
  }

  /** Has the loop look at this wire when there is something that its handler asked for. */
  private void wake() {
    EventLoop owner;
    synchronized (this) {
      if (turnDue || due() == 0) {
        return;
      }
      turnDue = true;
      owner = loop;
    }
    owner.execute(turn);
  }

  private void turn() {
    ChannelHandler told;
    int operations;
    synchronized (this) {
      turnDue = false;
      operations = due();
      told = handler;
    }
    if (operations != 0) {
      EventLoop.signal(told, operations);
      wake(); // as long as something is left, like a selector
    }
  }

  private synchronized int due() {
    int possible = 0;
    if (!toStream.isEmpty() || inputEnded || gone != null) {
      possible |= SelectionKey.OP_READ;
    }
    if (fromStream.hasRoom() || gone != null) {
      possible |= SelectionKey.OP_WRITE;
    }
    return closed ? 0 : interest & possible;
  }

  @Override
  public int read(ByteBuffer buffer) throws IOException {
    int count;
    Runnable told = null;
    synchronized (this) {
      count = toStream.take(buffer);
      if (count == 0) {
        return nothingRead();
      }
      if (writerWaits) {
        writerWaits = false;
        told = signal;
      }
    }
    tell(told);
    return count;
  }

  private synchronized int nothingRead() throws IOException {
    if (gone != null && !outputEnded) {
      throw new IOException(gone);
    }
    return inputEnded || gone != null ? -1 : 0;
  }

  @Override
  public int write(ByteBuffer buffer) throws IOException {
    int count;
    Runnable told = null;
    synchronized (this) {
      if (gone != null) {
        throw new IOException(gone);
      }
      count = fromStream.put(buffer);
      if (readerWaits && count > 0) {
        readerWaits = false;
        told = signal;
      }
    }
    tell(told);
    return count;
  }

  /** None: what does not fit stays with the caller. */
  @Override
  public int unsent() {
    return 0;
  }

  @Override
  public void flush() {}

  @Override
  public void shutdownOutput() {
    Runnable told;
    synchronized (this) {
      outputEnded = true;
      told = signal;
    }
    tell(told);
  }

  /** What was written before can still be read from the channel. */
  @Override
  public void close() {
    Runnable told;
    synchronized (this) {
      closed = true;
      outputEnded = true;
      toStream.clear();
      told = signal;
      signal = null;
    }
    tell(told);
  }

  private static void tell(Runnable signal) {
    if (signal == null) {
      return;
    }
    try {
      signal.run();
    } catch (RuntimeException | LinkageError e) {
      LOG.log(Level.WARNING, "CULVERT-H013 signal of a joined connection failed", e);
    }
  }

  /** Size of the memory that both queues own, in bytes. */
  synchronized int memory() {
    return toStream.memory() + fromStream.memory();
  }

  private int readFar(ByteBuffer target) throws ClosedChannelException {
    int count;
    synchronized (this) {
      if (gone != null) {
        throw new ClosedChannelException();
      }
      count = fromStream.take(target);
      if (count == 0 && target.hasRemaining()) {
        readerWaits = !outputEnded;
        return outputEnded ? -1 : 0;
      }
    }
    wake();
    return count;
  }

  private int writeFar(ByteBuffer source) throws ClosedChannelException {
    int count;
    synchronized (this) {
      if (gone != null || closed || inputEnded) {
        throw new ClosedChannelException();
      }
      count = toStream.put(source);
      writerWaits = source.hasRemaining();
    }
    wake();
    return count;
  }

  private synchronized boolean isFarOpen() {
    return gone == null && !closed;
  }

  private final class Far implements ByteChannel {
    @Override
    public int read(ByteBuffer target) throws ClosedChannelException {
      return readFar(target);
    }

    @Override
    public int write(ByteBuffer source) throws ClosedChannelException {
      return writeFar(source);
    }

    @Override
    public boolean isOpen() {
      return isFarOpen();
    }

    @Override
    public void close() {
      fail("connection closed");
    }
  }
}
