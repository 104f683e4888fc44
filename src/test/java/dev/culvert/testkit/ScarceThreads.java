package dev.culvert.testkit;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;

/** Threads named {@code scarce}, of which the system gives none the first time. */
public final class ScarceThreads implements ThreadFactory {

  private final Runnable whenRefused;
  private final AtomicBoolean refused = new AtomicBoolean();

  /**
   * @param whenRefused run on the thread that wants the first one
   */
  public ScarceThreads(Runnable whenRefused) {
    this.whenRefused = whenRefused;
  }

  @Override
  public Thread newThread(Runnable task) {
    if (refused.compareAndSet(false, true)) {
      whenRefused.run();
      throw new OutOfMemoryError("unable to create native thread");
    }
    return new Thread(task, "scarce");
  }
}
