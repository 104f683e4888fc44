package dev.culvert.turn;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs tasks one after the other, each on a thread that handed in one of them: nobody waits, and
 * what the tasks share needs no lock.
 */
final class Mailbox {

  private static final Logger LOG = System.getLogger("dev.culvert.turn");

  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

  /** Tasks not yet done; who raises it from zero does them. */
  private final AtomicInteger open = new AtomicInteger();

  void run(Runnable task) {
    tasks.add(task);
    if (open.getAndIncrement() > 0) {
      return;
    }
    do {
      try {
        tasks.remove().run();
      } catch (RuntimeException e) {
        LOG.log(Level.ERROR, "CULVERT-T001 a turn failed", e);
      }
    } while (open.decrementAndGet() > 0);
  }
}
