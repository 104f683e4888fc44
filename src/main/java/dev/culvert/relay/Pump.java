package dev.culvert.relay;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs one task after each wake-up, never twice at a time. Any thread may wake it. */
final class Pump implements Runnable {

  private final Executor executor;
  private final Runnable task;

  /** Wake-ups since the task last began; the one that makes it 1 has the task run. */
  private final AtomicInteger wakeUps = new AtomicInteger();

  Pump(Executor executor, Runnable task) {
    this.executor = executor;
    this.task = task;
  }

  /** Has the task run, or run again after the turn under way. Does not block. */
  void wake() {
    if (wakeUps.getAndIncrement() == 0) {
      executor.execute(this);
    }
  }

  @Override
  public void run() {
    int seen;
    do {
      seen = wakeUps.get();
      task.run();
    } while (!wakeUps.compareAndSet(seen, 0));
  }
}
