package dev.culvert.testkit;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Makes calls that may hang, one at a time; none any more after the third that did, lest each of a
 * long run waits. Safe for use by any thread.
 */
final class BoundedCalls implements AutoCloseable {

  private static final int HANGS = 3;

  private final Duration limit;
  private final AtomicInteger hung = new AtomicInteger();
  private final ExecutorService executor = Executors.newSingleThreadExecutor(BoundedCalls::daemon);

  /**
   * Makes an executor of calls.
   *
   * @param limit of each
   */
  BoundedCalls(Duration limit) {
    this.limit = limit;
  }

  /**
   * Makes a call.
   *
   * @param evidence for the message when it hangs
   * @throws IllegalStateException when it fails or takes too long
   */
  <T> T run(String what, Callable<T> call, Supplier<String> evidence) {
    if (hung.get() >= HANGS) {
      throw new IllegalStateException(what + ": not begun (" + HANGS + " calls hung before)");
    }
    Future<T> result = executor.submit(call);
    try {
      return result.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException hangs) {
      hung.incrementAndGet();
      throw new IllegalStateException(
          what + ": not done after " + limit.toSeconds() + " s\n" + evidence.get(), hangs);
    } catch (ExecutionException failed) {
      throw new IllegalStateException(what + " failed", failed.getCause());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(what + ": interrupted", stopped);
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }

  private static Thread daemon(Runnable calls) {
    Thread thread = new Thread(calls, "testkit-deployer");
    thread.setDaemon(true);
    return thread;
  }
}
