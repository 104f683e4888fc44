package dev.culvert.turn;

import dev.culvert.thread.Threads;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs tasks one after the other, each on a thread that handed in one of them: nobody waits, and
 * what the tasks share needs no lock. What a task throws is logged and ends with it.
 */
public final class Mailbox {

  /**
   * What was left to an executor, and others wait behind it, or nobody else gives back what it
   * holds: one that is over must have it run all the same.
   */
  public interface Rest extends Runnable {}

  private static final Logger LOG = System.getLogger("dev.culvert.turn");

  private static final int FEW = 2;

  /** Bounds a wait that ends with the writes to the client, which have bounds of their own. */
  private static final long LONGEST_MINUTES = 5;

  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

  /** Tasks not yet done; who raises it from zero does them. */
  private final AtomicInteger open = new AtomicInteger();

  /** The thread that is at a task, null when none is; written by that thread. */
  private volatile Thread performer;

  private final Runnable onFault;

  /**
   * @param onFault run as a task is, after one that threw something
   */
  public Mailbox(Runnable onFault) {
    this.onFault = onFault;
  }

  /** Runs a task, or leaves it to the thread that is at others. */
  public void run(Runnable task) {
    tasks.add(task);
    if (open.getAndIncrement() == 0) {
      performAll();
    }
  }

  /**
   * Runs a task and the one that it leads to; what comes beyond them is left to the executor, since
   * the caller's thread has other things to do.
   */
  void run(Runnable task, Executor others) {
    tasks.add(task);
    if (open.getAndIncrement() > 0) {
      return;
    }
    for (int i = 0; i < FEW; i++) {
      perform(tasks.remove());
      if (open.decrementAndGet() == 0) {
        return;
      }
    }
    Rest rest = this::performAll;
    Threads.executeOrRun(others, rest);
  }

  /**
   * Runs a task, or waits until the thread that is at others has run it: who brings more than is
   * taken is held up. A task that brings another one does not wait for it.
   */
  public void runInTurn(Runnable task) {
    if (performer == Thread.currentThread()) {
      run(task);
      return;
    }
    CountDownLatch done = new CountDownLatch(1);
    run(
        () -> {
          try {
            task.run();
          } finally {
            done.countDown();
          }
        });
    await(done);
  }

  private static void await(CountDownLatch done) {
    try {
      boolean unused = done.await(LONGEST_MINUTES, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void performAll() {
    do {
      perform(tasks.remove());
    } while (open.decrementAndGet() > 0);
  }

  /** Throws nothing, not even an Error: no later task would ever run. */
  private void perform(Runnable task) {
    performer = Thread.currentThread();
    try {
      task.run();
    } catch (Throwable e) {
      report(e);
      recover();
    }
    performer = null;
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
