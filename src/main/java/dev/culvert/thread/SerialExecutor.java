package dev.culvert.thread;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs tasks one after the other, in their order, on threads of another executor; never on that of
 * the caller. Safe for use by any thread.
 */
public final class SerialExecutor implements Executor {

  private final Executor threads;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

  /** Tasks that were given and have not ended; whoever makes it one has a thread run them. */
  private final AtomicInteger left = new AtomicInteger();

  /**
   * @param threads that run the tasks
   */
  public SerialExecutor(Executor threads) {
    this.threads = threads;
  }

  /**
   * Runs a task after those that were given before.
   *
   * @throws RejectedExecutionException when the other executor takes none; what other threads have
   *     given at this moment is lost too
   */
  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    if (left.getAndIncrement() == 0) {
      try {
        threads.execute(this::runAll);
      } catch (RejectedExecutionException | OutOfMemoryError e) { // of threads
        forgetAll();
        throw e;
      }
    }
  }

  private void forgetAll() {
    do {
      tasks.remove();
    } while (left.decrementAndGet() > 0);
  }

  /** A task that fails ends nothing: the thread's own handler is told after the last one. */
  private void runAll() {
    Throwable fault = null;
    do {
      try {
        tasks.remove().run();
      } catch (RuntimeException | Error e) {
        fault = e;
      }
    } while (left.decrementAndGet() > 0);
    if (fault instanceof Error error) {
      throw error;
    }
    if (fault instanceof RuntimeException failed) {
      throw failed;
    }
  }
}
