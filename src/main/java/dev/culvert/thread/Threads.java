package dev.culvert.thread;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** What becomes of a task that must run, whatever becomes of the threads that are to run it. */
public final class Threads {

  private Threads() {}

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
