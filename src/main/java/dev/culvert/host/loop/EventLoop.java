package dev.culvert.host.loop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * One thread, one selector. Channels, timers and the shared buffer of a loop are touched by its
 * thread only; {@link #execute}, {@link #close} and {@link #inLoop} may be called by any thread.
 */
public final class EventLoop implements AutoCloseable {

  private static final Logger LOG = System.getLogger("dev.culvert.host");

  /** Large enough that a message of 64 KiB and its header pass in one read. */
  private static final int BUFFER_SIZE = 128 * 1024;

  private static final int SPARE_BUFFERS = 16;

  /** Buffers that may be given away; what waits beyond them is kept small. */
  private static final int GENEROUS = 64;

  /** Has room for the longest TLS record and what a reader holds before it. */
  private static final int LEAN_SIZE = 20 * 1024;

  private final Selector selector;
  private final Thread thread;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

  /** True from the first task of a batch to its execution: at most one wake-up per batch. */
  private final AtomicBoolean woken = new AtomicBoolean();

  private final Consumer<SelectionKey> dispatcher = this::dispatch;
  private volatile boolean closed;

  // Below: loop thread only.
  private final Timers timers = new Timers();
  private final ByteBuffer[] spares = new ByteBuffer[SPARE_BUFFERS];
  private int spareCount;
  private int lent;
  private ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_SIZE);
  private long now = System.nanoTime();
  private boolean nowIsStale;

  /**
   * Opens and starts a loop.
   *
   * @throws UncheckedIOException when no selector can be opened
   */
  public EventLoop(String name) {
    try {
      selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    thread = HostThreads.start(name, this::run);
  }

  /** Whether the caller is the loop's thread. */
  public boolean inLoop() {
    return Thread.currentThread() == thread;
  }

  /** Runs the task on the loop soon, in the order of the calls. Ignored after {@link #close}. */
  public void execute(Runnable task) {
    tasks.add(task);
    if (!inLoop() && woken.compareAndSet(false, true)) {
      selector.wakeup();
    }
  }

  /**
   * Ends the loop's thread soon. Tasks handed over so far still run; then every channel that is
   * still open fails, so that its owner closes it.
   */
  @Override
  public void close() {
    closed = true;
    selector.wakeup();
  }

  /** The time at which the loop last woke up, in {@link System#nanoTime()} terms. */
  public long now() {
    if (nowIsStale) {
      now = System.nanoTime();
      nowIsStale = false;
    }
    return now;
  }

  /** Arms or moves a timer. */
  public void arm(Timer timer, long deadline) {
    timers.arm(timer, deadline);
  }

  /** Disarms a timer. */
  public void cancel(Timer timer) {
    timers.cancel(timer);
  }

  /**
   * Registers a non-blocking channel.
   *
   * @throws ClosedChannelException when the channel is closed
   */
  public SelectionKey register(SelectableChannel channel, int operations, ChannelHandler handler)
      throws ClosedChannelException {
    return channel.register(selector, operations, handler);
  }

  /**
   * The buffer shared by all channels of the loop, cleared; its content is gone with the next
   * event. While many channels wait for slow peers it is a small one, so that a flood of them stays
   * cheap.
   */
  public ByteBuffer buffer() {
    buffer.clear();
    return lent < GENEROUS ? buffer : buffer.limit(LEAN_SIZE);
  }

  /**
   * Keeps what is left in the shared buffer until it is handed back with {@link #recycle}. The
   * buffer itself is given away and another one takes its place; beyond {@value #GENEROUS} of them
   * the bytes are copied.
   */
  public ByteBuffer takeBuffer() {
    if (lent >= GENEROUS) {
      return ByteBuffer.allocate(buffer.remaining()).put(buffer).flip();
    }
    ByteBuffer taken = buffer;
    buffer = lend();
    return taken;
  }

  /** Keeps a copy of what is left in any buffer of at most 128 KiB, on the same terms. */
  public ByteBuffer keep(ByteBuffer rest) {
    ByteBuffer kept = lent < GENEROUS ? lend().clear() : ByteBuffer.allocate(rest.remaining());
    return kept.put(rest).flip();
  }

  private ByteBuffer lend() {
    ByteBuffer free =
        spareCount > 0 ? spares[--spareCount] : ByteBuffer.allocateDirect(BUFFER_SIZE);
    lent++; // last: without direct memory nothing was lent
    return free;
  }

  /** Takes back what {@link #takeBuffer} or {@link #keep} gave, and ignores buffers of others. */
  public void recycle(ByteBuffer taken) {
    if (!taken.isDirect()) {
      return;
    }
    lent--;
    if (spareCount < SPARE_BUFFERS) {
      spares[spareCount++] = taken;
    }
  }

  /** Tells a handler of operations that are possible without a channel having become ready. */
  public static void signal(ChannelHandler handler, int operations) {
    try {
      handler.ready(operations);
    } catch (IOException | RuntimeException | Error e) {
      fail(handler, e);
    }
  }

  private void run() {
    while (!closed) {
      try {
        turn();
      } catch (ClosedSelectorException e) {
        break;
      } catch (IOException | RuntimeException | Error e) {
        LOG.log(Level.ERROR, "CULVERT-H001 event loop continues after a fault", e);
      }
    }
    runTasks();
    if (selector.isOpen()) {
      List.copyOf(selector.keys()).forEach(key -> fail(key, new IOException("the host ends")));
    }
    while (!tasks.isEmpty()) {
      runTasks();
    }
    try {
      selector.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "selector did not close", e);
    }
  }

  private void turn() throws IOException {
    long nanos = tasks.isEmpty() ? timers.nanosToNext(System.nanoTime()) : 0;
    nowIsStale = true;
    if (nanos == 0) {
      selector.selectNow(dispatcher);
    } else {
      selector.select(dispatcher, nanos < 0 ? 0 : 1 + nanos / 1_000_000);
    }
    nowIsStale = true;
    runTasks();
    runTimers();
  }

  /** Only those that are there now: one that comes back each time must not keep out channels. */
  private void runTasks() {
    woken.set(false);
    for (int left = tasks.size(); left > 0; left--) {
      Runnable task = tasks.remove();
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        LOG.log(Level.ERROR, "CULVERT-H002 task failed", e);
      }
    }
  }

  private void runTimers() {
    for (Timer timer = timers.poll(now()); timer != null; timer = timers.poll(now())) {
      try {
        timer.expired(now());
      } catch (RuntimeException | Error e) {
        LOG.log(Level.ERROR, "CULVERT-H003 timer failed", e);
      }
    }
  }

  private void dispatch(SelectionKey key) {
    if (!key.isValid()) {
      return; // an event earlier in this turn closed the channel
    }
    try {
      ((ChannelHandler) key.attachment()).ready(key.readyOps());
    } catch (IOException | RuntimeException | Error e) {
      fail(key, e);
    }
  }

  /** A channel whose handler cannot even fail would be ready for ever; so it is let go. */
  private static void fail(SelectionKey key, Throwable cause) {
    if (!fail((ChannelHandler) key.attachment(), cause)) {
      key.cancel();
    }
  }

  private static boolean fail(ChannelHandler handler, Throwable cause) {
    try {
      handler.failed(cause);
      return true;
    } catch (RuntimeException | Error e) {
      LOG.log(Level.ERROR, "CULVERT-H004 handler failed", e);
      return false;
    }
  }
}
