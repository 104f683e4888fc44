package dev.culvert.endpoint;

import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A scheduler that does nothing without a delay. Tyrus sets a session's idle timer anew with every
 * message, also when there is none to set: with a delay of zero.
 */
final class IdleTimers extends ScheduledThreadPoolExecutor {

  IdleTimers(ThreadFactory threads) {
    super(1, threads, new ThreadPoolExecutor.DiscardPolicy());
    setRemoveOnCancelPolicy(true);
    setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    return delay <= 0 ? Done.INSTANCE : super.schedule(command, delay, unit);
  }

  /** Of a timer that was never set. */
  private record Done() implements ScheduledFuture<Object> {
    private static final Done INSTANCE = new Done();

    @Override
    public long getDelay(TimeUnit unit) {
      return 0;
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(0, other.getDelay(TimeUnit.NANOSECONDS));
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      return false;
    }

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public boolean isDone() {
      return true;
    }

    @Override
    public Object get() {
      return "";
    }

    @Override
    public Object get(long timeout, TimeUnit unit) {
      return "";
    }
  }
}
