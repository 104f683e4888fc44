package dev.culvert.route;

import dev.culvert.thread.WriteGuard;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Runs tasks that may wait for clients, and interrupts those that last too long until they end: a
 * server's own time-outs are long, and WildFly's does not count for TLS. Any thread.
 */
final class BoundedExecutor implements Executor {

  private static final Logger LOG = System.getLogger("dev.culvert");
  private static final Duration AGAIN = Duration.ofMillis(200);

  private final Executor threads;
  private final ScheduledExecutorService clock;
  private final Duration limit;

  /**
   * @param threads that run the tasks
   * @param clock interrupts them, as long as it takes tasks
   * @param limit longest time of a task
   */
  BoundedExecutor(Executor threads, ScheduledExecutorService clock, Duration limit) {
    this.threads = threads;
    this.clock = clock;
    this.limit = limit;
  }

  @Override
  public void execute(Runnable task) {
    threads.execute(() -> run(task));
  }

  private void run(Runnable task) {
    WriteGuard guard = new WriteGuard(System::nanoTime, limit);
    Future<?> looks = lookAfter(guard);
    try {
      guard.run(task::run);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "an answer is given up: {0}", e.getMessage());
    } finally {
      looks.cancel(false);
    }
  }

  private Future<?> lookAfter(WriteGuard guard) {
    try {
      return clock.scheduleWithFixedDelay(
          guard::check, limit.toNanos(), AGAIN.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) { // whoever ends the threads interrupts them
      return CompletableFuture.completedFuture(null);
    }
  }
}
