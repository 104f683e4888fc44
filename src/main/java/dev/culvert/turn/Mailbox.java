package dev.culvert.turn;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs tasks one after the other, each on a thread that handed in one of them: nobody waits, and
 * what the tasks share needs no lock. What a task throws is logged and ends with it.
 */
final class Mailbox {

  private static final Logger LOG = System.getLogger("dev.culvert.turn");

  /** A task may hold its thread up as long as a client takes nothing. */
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

  /** Tasks not yet done; who raises it from zero does them. */
  private final AtomicInteger open = new AtomicInteger();

  private final Runnable onFault;

  /** The thread that does tasks, null when none does; set and reset by itself. */
  private volatile Thread worker;

  /**
   * @param onFault run as a task is, behind one that threw something
   */
  Mailbox(Runnable onFault) {
    this.onFault = onFault;
  }

  /**
   * Runs a task and returns behind it, so that who brings tasks without end is no faster than they
   * are done. A task itself does not wait for another.
   */
  void await(Runnable task) {
    CountDownLatch done = new CountDownLatch(1);
    run(
        () -> {
          try {
            task.run();
          } finally {
            done.countDown();
          }
        });
    if (worker == Thread.currentThread()) {
      return;
    }
    try {
      boolean unused = done.await(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void run(Runnable task) {
    tasks.add(task);
    if (open.getAndIncrement() > 0) {
      return;
    }
    do {
      worker = Thread.currentThread();
      perform(tasks.remove());
      worker = null;
    } while (open.decrementAndGet() > 0);
  }

  /** Throws nothing, not even an Error: no later task would ever run. */
  private void perform(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      report(e);
      recover();
    }
  }

  private void recover() {
    try {
      onFault.run();
    } catch (Throwable e) {
      report(e);
    }
  }

  private static void report(Throwable fault) {
    try {
      LOG.log(Level.ERROR, "CULVERT-T001 a turn failed", fault);
    } catch (Throwable e) {
      // There may be no memory for a line of log; the turn is to end all the same.
    }
  }
}
