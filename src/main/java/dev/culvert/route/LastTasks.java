package dev.culvert.route;

import dev.culvert.route.BoundedExecutor.Bounded;
import dev.culvert.thread.DaemonThreads;
import dev.culvert.thread.WriteGuard;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;

/**
 * What was left when a deployment's threads ended: each task ends an exchange, which the server
 * would otherwise keep for good, and this application with it. One thread runs them all, and none
 * waits long for its client: it is interrupted after its share of the time.
 */
final class LastTasks {

  private static final Logger LOG = System.getLogger("dev.culvert");
  private static final Duration PAUSE = Duration.ofMillis(20);

  /** After the time for all of them, for each one that still waits. */
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final List<Runnable> tasks;
  private final Duration share;

  /** Of the task under way, null between two; written by the thread that runs them. */
  private volatile WriteGuard guard;

  /**
   * @param patience for all of them together
   */
  LastTasks(List<Runnable> tasks, Duration patience) {
    this.tasks = tasks;
    Duration equal = patience.dividedBy(Math.max(1, tasks.size()));
    this.share = equal.compareTo(PAUSE) < 0 ? PAUSE : equal;
  }

  /** Runs them, here where threads are wanting. */
  void run() {
    if (tasks.isEmpty()) {
      return;
    }
    Thread thread = DaemonThreads.named("culvert-end").newThread(this::runAll);
    try {
      thread.start();
    } catch (OutOfMemoryError e) {
      runAll();
      return;
    }
    try {
      long start = System.nanoTime();
      while (thread.isAlive() && System.nanoTime() - start < LONGEST.toNanos()) {
        thread.join(PAUSE.toMillis());
        check();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void check() {
    WriteGuard current = guard;
    if (current != null) {
      current.check();
    }
  }

  private void runAll() {
    tasks.forEach(this::run);
  }

  private void run(Runnable task) {
    try {
      if (task instanceof Bounded bounded) {
        guard = bounded.guard(share);
        bounded.run(guard);
      } else {
        guard = new WriteGuard(System::nanoTime, share);
        guard.run(task::run);
      }
    } catch (IOException | RuntimeException | Error e) { // others wait behind it
      LOG.log(Level.DEBUG, "an exchange did not end properly", e);
    } finally {
      guard = null;
    }
  }
}
