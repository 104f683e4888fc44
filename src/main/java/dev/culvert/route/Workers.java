package dev.culvert.route;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The deployment's own threads. They end with it: a thread left over would keep its classes. */
final class Workers implements AutoCloseable {

  private static final Logger LOG = System.getLogger("dev.culvert");
  private static final int THREADS = 8;
  private static final long END_SECONDS = 5;

  private final ThreadPoolExecutor executor =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          30,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          factory("culvert-gateway"));
  private final ScheduledThreadPoolExecutor housekeeper =
      new ScheduledThreadPoolExecutor(1, factory("culvert-housekeeper"));

  Workers() {
    executor.allowCoreThreadTimeOut(true);
  }

  private static ThreadFactory factory(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  ExecutorService executor() {
    return executor;
  }

  /** Repeats the task, at once at first; a fault is logged and does not end the repetition. */
  Future<?> every(Duration interval, Runnable task) {
    long millis = Math.max(1, interval.toMillis());
    return housekeeper.scheduleWithFixedDelay(guarded(task), 0, millis, TimeUnit.MILLISECONDS);
  }

  private static Runnable guarded(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException e) {
        LOG.log(Level.WARNING, "CULVERT-G006 housekeeping failed", e);
      }
    };
  }

  /** Finishes what has been begun, for a bounded time. */
  @Override
  public void close() {
    housekeeper.shutdownNow();
    executor.shutdown();
    try {
      boolean ended =
          executor.awaitTermination(END_SECONDS, TimeUnit.SECONDS)
              && housekeeper.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
      if (!ended) {
        LOG.log(Level.WARNING, "CULVERT-G007 handshakes are cut off by the undeployment");
        executor.shutdownNow();
      }
    } catch (InterruptedException e) {
      executor.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
