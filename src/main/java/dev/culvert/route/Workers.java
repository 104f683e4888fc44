package dev.culvert.route;

import dev.culvert.thread.DaemonThreads;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The deployment's own threads. They end with it: a thread left over would keep its classes. */
final class Workers implements AutoCloseable {

  private static final Logger LOG = System.getLogger("dev.culvert");
  static final int THREADS = 8;
  private static final int ANSWERING_THREADS = 64;
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** Until then an idle thread keeps what the server caches for it: up to 16 requests. */
  private static final Duration IDLE = Duration.ofSeconds(5);

  private final Duration patience;

  private final ThreadPoolExecutor executor = pool(THREADS, "culvert-gateway");
  private final ThreadPoolExecutor answering = pool(ANSWERING_THREADS, "culvert-answer");
  private final ScheduledThreadPoolExecutor housekeeper =
      new ScheduledThreadPoolExecutor(1, DaemonThreads.named("culvert-housekeeper"));

  Workers() {
    this(PATIENCE);
  }

  /**
   * @param patience how long {@link #close} waits for tasks under way
   */
  Workers(Duration patience) {
    this.patience = patience;
  }

  private static ThreadPoolExecutor pool(int threads, String name) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE.toMillis(),
            TimeUnit.MILLISECONDS,
            new LinkedBlockingQueue<>(),
            DaemonThreads.named(name));
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /** For what opens streams, and does not wait for clients. */
  ExecutorService executor() {
    return executor;
  }

  /**
   * For answers, which wait for clients that are slow to take them: nobody else waits for those.
   */
  ExecutorService answering() {
    return answering;
  }

  /** Repeats the task, at once at first; a fault is logged and does not end the repetition. */
  Future<?> every(Duration interval, Runnable task) {
    long millis = Math.max(1, interval.toMillis());
    return housekeeper.scheduleWithFixedDelay(guarded(task), 0, millis, TimeUnit.MILLISECONDS);
  }

  private Runnable guarded(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException e) {
        Level level = housekeeper.isShutdown() ? Level.DEBUG : Level.WARNING;
        LOG.log(level, "CULVERT-G006 housekeeping failed", e);
      }
    };
  }

  /** Repeats nothing any more; before what the tasks work with goes away. */
  void endRepetitions() {
    housekeeper.shutdownNow();
  }

  /**
   * Finishes what has been begun, for a bounded time. What is still queued then runs here: each
   * task ends an exchange, which the server would otherwise keep for good, and this application
   * with it.
   */
  @Override
  public void close() {
    endRepetitions();
    List<ThreadPoolExecutor> pools = List.of(executor, answering, housekeeper);
    pools.forEach(ExecutorService::shutdown);
    long deadline = System.nanoTime() + patience.toNanos();
    try {
      boolean ended = true;
      for (ThreadPoolExecutor pool : pools) {
        ended &= pool.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      }
      if (!ended) {
        LOG.log(Level.WARNING, "CULVERT-G007 handshakes are cut off by the undeployment");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    executor.shutdownNow().forEach(Runnable::run);
    answering.shutdownNow().forEach(Runnable::run);
  }
}
