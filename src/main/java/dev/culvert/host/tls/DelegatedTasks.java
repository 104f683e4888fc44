package dev.culvert.host.tls;

import dev.culvert.host.loop.EventLoop;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLEngine;

/**
 * What an engine wants done off the loop. While it runs, the engine belongs to the thread that runs
 * it, which holds the engine's lock. Used by the loop only.
 */
final class DelegatedTasks {

  private final SSLEngine engine;
  private final Executor threads;
  private boolean running;

  /**
   * @param threads may reject
   */
  DelegatedTasks(SSLEngine engine, Executor threads) {
    this.engine = engine;
    this.threads = threads;
  }

  /** Whether the engine is not to be touched. */
  boolean areRunning() {
    return running;
  }

  /**
   * Has all that is to do now done.
   *
   * @param whenDone runs on the loop
   * @throws IOException when nobody takes it; nothing runs then
   */
  void start(EventLoop loop, Runnable whenDone) throws IOException {
    running = true;
    try {
      threads.execute(() -> run(loop, whenDone));
    } catch (RejectedExecutionException e) {
      running = false;
      throw new IOException("too many TLS handshakes are waiting", e);
    }
  }

  /** What a task throws the engine tells at its next step. */
  private void run(EventLoop loop, Runnable whenDone) {
    try {
      for (Runnable task = engine.getDelegatedTask();
          task != null;
          task = engine.getDelegatedTask()) {
        task.run();
      }
    } finally {
      loop.execute(
          () -> {
            running = false;
            whenDone.run();
          });
    }
  }
}
