package dev.culvert.testkit;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Makes calls that may hang, one at a time. Safe for use by any thread. */
final class BoundedCalls implements AutoCloseable {

  private final Duration limit;
  private final Supplier<String> evidence;
  private final ExecutorService executor = Executors.newSingleThreadExecutor(BoundedCalls::daemon);

  /**
   * Makes an executor of calls.
   *
   * @param limit of each
   * @param evidence for the message when one hangs
   */
  BoundedCalls(Duration limit, Supplier<String> evidence) {
    this.limit = limit;
    this.evidence = evidence;
  }

  /**
   * Makes a call.
   *
   * @throws IllegalStateException when it fails or takes too long
   */
  <T> T run(String what, Callable<T> call) {
    Future<T> result = executor.submit(call);
    try {
      return result.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException hangs) {
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
