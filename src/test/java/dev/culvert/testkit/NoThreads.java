package dev.culvert.testkit;

import java.util.concurrent.Executor;

/** Threads of which the system gives none. */
public final class NoThreads implements Executor {

  @Override
  public void execute(Runnable task) {
    throw new OutOfMemoryError("unable to create native thread");
  }
}
