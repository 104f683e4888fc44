package dev.culvert.relay;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Threads for tasks that are short unless a client holds them up. A few are enough until then, and
 * better: of many, each message would wake the one that has slept longest. {@link #adjust} adds
 * others while tasks wait in vain, and takes them away when none waits. Ends its threads when idle;
 * drops tasks after the end.
 */
final class SenderPool extends ThreadPoolExecutor {

  /** Clients that may hold a thread each before others have to wait. */
  static final int MOST = 128;

  private static final long IDLE_SECONDS = 10;

  private final int least;
  private final AtomicLong begun = new AtomicLong();

  /** How many will have begun when those that waited at the last look have; of {@link #adjust}. */
  private long due;

  /**
   * Makes a pool.
   *
   * @param least threads that are free for tasks in any case, above zero
   */
  SenderPool(int least, ThreadFactory threads) {
    super(
        least,
        least,
        IDLE_SECONDS,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(),
        threads,
        new DiscardPolicy());
    this.least = least;
    allowCoreThreadTimeOut(true);
  }

  @Override
  protected void beforeExecute(Thread thread, Runnable task) {
    begun.incrementAndGet();
  }

  /** Whether tasks wait for a thread just now. */
  boolean hasWaiting() {
    return !getQueue().isEmpty();
  }

  /**
   * Doubles the threads when not all tasks that waited at the last look have begun since; leaves
   * some beyond the busy ones when none waits. One caller at a time, again and again while tasks
   * wait.
   */
  void adjust() {
    long now = begun.get();
    int waiting = getQueue().size();
    if (waiting == 0) {
      shrink(getActiveCount() + least);
    } else if (now < due) {
      grow(Math.min(MOST, 2 * getCorePoolSize()));
    }
    due = now + waiting;
  }

  private void grow(int size) {
    setMaximumPoolSize(size);
    setCorePoolSize(size);
  }

  private void shrink(int size) {
    if (size < getCorePoolSize()) {
      setCorePoolSize(size);
      setMaximumPoolSize(size);
    }
  }
}
