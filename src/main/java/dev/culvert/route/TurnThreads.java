package dev.culvert.route;

import dev.culvert.provider.Timer;
import dev.culvert.thread.DaemonThreads;
import dev.culvert.turn.Mailbox;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that begin turns and fill their silences, and the one that watches the time. They end
 * with the deployment, behind the last turn, and do nothing from then on; only the rest of a
 * mailbox is run by whoever brings it, since threads of the host may wait behind it.
 */
final class TurnThreads implements Executor, AutoCloseable {

  private static final int MOST = 32;
  private static final long IDLE_SECONDS = 10;
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final ThreadPoolExecutor workers =
      new ThreadPoolExecutor(
          MOST,
          MOST,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          DaemonThreads.named("culvert-turn"),
          (task, ended) -> leave(task));

  private final ScheduledThreadPoolExecutor clock =
      new ScheduledThreadPoolExecutor(
          1, DaemonThreads.named("culvert-turn-clock"), new ThreadPoolExecutor.DiscardPolicy());

  TurnThreads() {
    workers.allowCoreThreadTimeOut(true);
    clock.setRemoveOnCancelPolicy(true);
    clock.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    clock.allowCoreThreadTimeOut(true);
  }

  private static void leave(Runnable task) {
    if (task instanceof Mailbox.Rest) {
      task.run();
    }
  }

  @Override
  public void execute(Runnable task) {
    workers.execute(task);
  }

  /** Runs tasks that do not block, on the thread that watches the time. */
  Timer clock() {
    return (delay, task) -> {
      Future<?> future = clock.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
      return () -> future.cancel(false);
    };
  }

  /** Runs tasks that may block. */
  Timer timer() {
    return (delay, task) -> clock().after(delay, () -> execute(task));
  }

  @Override
  public void close() {
    clock.shutdownNow();
    workers.shutdown();
    try {
      if (!workers.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        endNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      endNow();
    }
  }

  private void endNow() {
    List<Runnable> rests =
        workers.shutdownNow().stream().filter(Mailbox.Rest.class::isInstance).toList();
    new LastTasks(rests, PATIENCE).run();
  }
}
