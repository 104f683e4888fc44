package dev.culvert.route;

import dev.culvert.provider.Timer;
import dev.culvert.thread.DaemonThreads;
import dev.culvert.thread.Threads;
import dev.culvert.turn.Mailbox;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The threads that begin turns and fill their silences, and the one that watches the time. They end
 * with the deployment, after the last turn, and do nothing from then on; only the rest of a mailbox
 * is run by whoever brings it, since threads of the host may wait behind it.
 */
final class TurnThreads implements Executor, AutoCloseable {

  static final int MOST = 32;
  private static final long IDLE_SECONDS = 10;
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final ThreadPoolExecutor workers;

  /** Each adds itself as it begins and takes itself out at its end. */
  private final Set<Thread> living = ConcurrentHashMap.newKeySet();

  private final ScheduledThreadPoolExecutor clock =
      new ScheduledThreadPoolExecutor(
          1, DaemonThreads.named("culvert-turn-clock"), new ThreadPoolExecutor.DiscardPolicy());

  TurnThreads() {
    this(DaemonThreads.named("culvert-turn"));
  }

  /**
   * @param factory of the threads that begin turns and fill their silences
   */
  TurnThreads(ThreadFactory factory) {
    workers =
        new ThreadPoolExecutor(
            MOST,
            MOST,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> factory.newThread(() -> live(task)),
            (task, ended) -> leave(task));
    workers.allowCoreThreadTimeOut(true);
    clock.setRemoveOnCancelPolicy(true);
    clock.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    clock.allowCoreThreadTimeOut(true);
  }

  private void live(Runnable task) {
    living.add(Thread.currentThread());
    try {
      task.run();
    } finally {
      living.remove(Thread.currentThread());
    }
  }

  /** Whether it is one of those that begin turns and fill their silences. Any thread. */
  boolean isWorker(Thread thread) {
    return living.contains(thread);
  }

  private static void leave(Runnable task) {
    if (task instanceof Mailbox.Rest) {
      task.run();
    }
  }

  /** Here, where no thread is to be had: nobody would ask a second time. */
  @Override
  public void execute(Runnable task) {
    Threads.executeOrRun(workers, task);
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
    return (delay, task) -> {
      AtomicBoolean cancelled = new AtomicBoolean();
      Runnable takeBack = clock().after(delay, () -> begin(task, cancelled));
      return () -> {
        cancelled.set(true);
        takeBack.run();
      };
    };
  }

  /** The thread that watches the time must not run it. */
  private void begin(Runnable task, AtomicBoolean cancelled) {
    if (!cancelled.get() && !Threads.tryExecute(workers, task)) {
      Runnable unused = clock().after(Threads.AGAIN, () -> begin(task, cancelled));
    }
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
