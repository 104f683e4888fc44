package dev.culvert.host.tls;

import dev.culvert.host.loop.HostThreads;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads for the costly parts of TLS handshakes (keys, signatures, certificates), which would keep
 * an event loop from its streams. At most {@value #QUEUE} parts wait. Safe for use by any thread.
 */
public final class TlsTasks implements Executor, AutoCloseable {

  private static final int QUEUE = 4096;
  private static final int IDLE_SECONDS = 10;

  private final ThreadPoolExecutor executor;

  /** Threads start with the first task, one for each core, and end when idle. */
  public TlsTasks() {
    int threads = Runtime.getRuntime().availableProcessors();
    executor =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(QUEUE),
            task -> HostThreads.create("culvert-tls", task));
    executor.allowCoreThreadTimeOut(true);
  }

  /**
   * Runs the task soon.
   *
   * @throws RejectedExecutionException when too many wait, or after {@link #close}
   */
  @Override
  public void execute(Runnable task) {
    executor.execute(task);
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
