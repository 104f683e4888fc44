package dev.culvert.host;

import dev.culvert.host.loop.HostThreads;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Calls JMX listeners, which may block; what they are too slow for is dropped. Any thread. */
final class NotificationThread implements Executor, AutoCloseable {

  private static final int WAITING = 1_000;
  private static final int IDLE_SECONDS = 30;

  private final ThreadPoolExecutor pool =
      new ThreadPoolExecutor(
          0,
          1,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(WAITING),
          task -> HostThreads.create("culvert-notifications", task),
          new ThreadPoolExecutor.DiscardPolicy());

  @Override
  public void execute(Runnable notification) {
    pool.execute(notification);
  }

  /** Drops what waits. */
  @Override
  public void close() {
    pool.shutdownNow();
  }
}
