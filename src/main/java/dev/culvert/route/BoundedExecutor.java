package dev.culvert.route;

import dev.culvert.thread.Threads;
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
 * Runs tasks that may wait for a client. One that lasts too long has the client's connection ended,
 * and is interrupted until it ends: a server's own time-outs are long, and WildFly's does not count
 * for TLS. Any thread.
 */
final class BoundedExecutor {

  private static final Logger LOG = System.getLogger("dev.culvert");
  private static final Duration AGAIN = Duration.ofMillis(200);

  private final Executor threads;
  private final ScheduledExecutorService clock;
  private final Duration limit;

  /**
   * @param threads that run the tasks
   * @param clock looks after them, as long as it takes tasks
   * @param limit longest time of a task
   */
  BoundedExecutor(Executor threads, ScheduledExecutorService clock, Duration limit) {
    this.threads = threads;
    this.clock = clock;
    this.limit = limit;
  }

  /**
   * Runs a task, here where nobody is left or threads are wanting.
   *
   * @param cutOff ends the connection of the client that the task may wait for; does not wait
   */
  void execute(Runnable task, Runnable cutOff) {
    Threads.executeOrRun(threads, new Bounded(task, cutOff));
  }

  /** A task, which runs once. */
  final class Bounded implements Runnable {
    private final Runnable task;
    private final Runnable cutOff;

    Bounded(Runnable task, Runnable cutOff) {
      this.task = task;
      this.cutOff = cutOff;
    }

    /** What bounds this task to another time; whoever runs it then checks that. */
    WriteGuard guard(Duration longest) {
      return new WriteGuard(System::nanoTime, longest, this::endConnection);
    }

    private void endConnection() {
      try {
        cutOff.run();
      } catch (RuntimeException | LinkageError e) { // the server may have ended it meanwhile
        LOG.log(Level.DEBUG, "the server's exchange cannot be ended", e);
      }
    }

    @Override
    public void run() {
      WriteGuard guard = guard(limit);
      Future<?> looks = lookAfter(guard);
      try {
        run(guard);
      } finally {
        looks.cancel(false);
      }
    }

    void run(WriteGuard guard) {
      try {
        guard.run(task::run);
      } catch (IOException e) {
        LOG.log(Level.DEBUG, "an answer is given up: {0}", e.getMessage());
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
}
