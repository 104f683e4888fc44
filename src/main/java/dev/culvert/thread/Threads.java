package dev.culvert.thread;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** What becomes of a task that must run, whatever becomes of the threads that are to run it. */
public final class Threads {

  /** How long a task waits for which no thread was to be had, before it is tried again. */
  public static final Duration AGAIN = Duration.ofMillis(200);

  private Threads() {}

  /**
   * Has a task run by others and never here.
   *
   * @return false where no thread is to be had now
   * @throws RejectedExecutionException when nobody is left
   */
  public static boolean tryExecute(Executor others, Runnable task) {
    try {
      others.execute(task);
      return true;
    } catch (OutOfMemoryError e) {
      return false;
    }
  }

  /**
   * Has a task run by others, or here where nobody is left or threads are wanting: an exchange must
   * end all the same.
   */
  public static void executeOrRun(Executor others, Runnable task) {
    try {
      others.execute(task);
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      task.run();
    }
  }
}
