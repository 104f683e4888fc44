package dev.culvert.thread;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * Bounds the writes to one client, which block while it takes nothing: one that lasts too long has
 * its thread interrupted by whoever looks after it. One thread writes at a time.
 */
public final class WriteGuard {

  /** A write to the client. */
  public interface Write {
    /** Writes, and returns when the server has taken it all. */
    void run() throws IOException;
  }

  /** Who looks after the writes of a guard; any thread. */
  @FunctionalInterface
  public interface Watch {

    /** The time, in nanoseconds. */
    long now();

    /**
     * A write begins.
     *
     * @throws IOException when there may be no more of them
     */
    default void enter(WriteGuard guard) throws IOException {}

    /** A write begins that is the last one, and may be when there may be no others. */
    default void enterLast(WriteGuard guard) {}

    /** The write is over. */
    default void leave(WriteGuard guard) {}
  }

  private final Watch watch;
  private final Duration patience;
  private final Runnable cutOff;

  /** Threads in {@link #inTurn}. */
  private final AtomicInteger waiting = new AtomicInteger();

  // Guarded by this.

  /** The thread that writes, null when none does. */
  private Thread writer;

  /** When the write under way began. */
  private long since;

  /** Whether the write under way was interrupted. */
  private boolean stalled;

  /**
   * @param watch calls {@link #check} now and then
   * @param patience longest time of one write
   */
  public WriteGuard(Watch watch, Duration patience) {
    this(watch, patience, () -> {});
  }

  /**
   * @param watch calls {@link #check} now and then
   * @param patience longest time of one write
   * @param cutOff ends the client's connection, without waiting for it, before a write to it is
   *     interrupted
   */
  public WriteGuard(Watch watch, Duration patience, Runnable cutOff) {
    this.watch = watch;
    this.patience = patience;
    this.cutOff = cutOff;
  }

  /**
   * Writes.
   *
   * @throws StalledException when the client took nothing for too long
   * @throws IOException when the client is gone, and when there may be no more writes
   */
  public void run(Write write) throws IOException {
    guarded(write, false);
  }

  /**
   * Writes the last there is, also when there may be no more writes.
   *
   * @throws IOException as {@link #run}
   */
  public void runLast(Write write) throws IOException {
    guarded(write, true);
  }

  private void guarded(Write write, boolean last) throws IOException {
    begin();
    try {
      if (last) {
        watch.enterLast(this);
      } else {
        watch.enter(this);
      }
      write.run();
    } catch (IOException | RuntimeException | Error e) {
      end();
      throw e;
    }
    end();
  }

  private synchronized void begin() {
    since = watch.now();
    writer = Thread.currentThread();
  }

  /** The thread carries no interrupt of ours any further. */
  private void end() throws StalledException {
    watch.leave(this);
    synchronized (this) {
      writer = null;
      if (stalled) {
        stalled = false;
        Thread.interrupted();
        throw new StalledException("the client takes nothing");
      }
    }
  }

  /** Whether a write is under way. Any thread. */
  public synchronized boolean isBusy() {
    return writer != null;
  }

  /**
   * Runs a task that writes, or waits until another thread has written before it: meanwhile its
   * thread is held up by the client.
   */
  public void inTurn(Runnable task) {
    waiting.incrementAndGet();
    try {
      task.run();
    } finally {
      waiting.decrementAndGet();
    }
  }

  /** How many threads the client holds up while a write is under way, its own too. Any thread. */
  public int heldUp() {
    return Math.max(1, waiting.get());
  }

  /** Whether one of these threads writes. Any thread. */
  public synchronized boolean isBusy(Predicate<Thread> threads) {
    return writer != null && threads.test(writer);
  }

  /** How long the write under way has lasted, in nanoseconds; 0 when none is. Any thread. */
  public synchronized long lasting() {
    return writer == null ? 0 : watch.now() - since;
  }

  /** Breaks off the write under way when its time is over. Any thread. */
  public void check() {
    boolean unused = interrupt(patience);
  }

  /**
   * Breaks off the write under way, if there is one that has lasted so long. Any thread. Under the
   * lock: after the write the connection may be another request's, and the thread another's.
   *
   * @return whether it was broken off now, for the first time
   */
  public synchronized boolean interrupt(Duration atLeast) {
    if (writer == null || watch.now() - since < atLeast.toNanos()) {
      return false;
    }
    boolean first = !stalled;
    stalled = true;
    try {
      if (first) {
        cutOff.run();
      }
    } finally {
      writer.interrupt();
    }
    return first;
  }
}
