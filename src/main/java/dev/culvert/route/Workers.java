package dev.culvert.route;

import dev.culvert.thread.DaemonThreads;
import dev.culvert.thread.Threads;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** The deployment's own threads. They end with it: a thread left over would keep its classes. */
final class Workers implements AutoCloseable {

  private static final Logger LOG = System.getLogger("dev.culvert");
  static final int THREADS = 8;
  private static final int ANSWERING_THREADS = 64;
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** For the server to take an answer, or the head of one; its own limit may be none. */
  private static final Duration LONGEST_ANSWER = Duration.ofSeconds(10);

  /** Until then an idle thread keeps what the server caches for it: up to 16 requests. */
  private static final Duration IDLE = Duration.ofSeconds(5);

  private final Duration patience;
  private final BoundedExecutor answers;
  private final BoundedExecutor openings;

  private final ThreadPoolExecutor executor = pool(THREADS, "culvert-gateway");
  private final ThreadPoolExecutor answering = pool(ANSWERING_THREADS, "culvert-answer");
  private final ThreadPoolExecutor opening = pool(ANSWERING_THREADS, "culvert-open");
  private final ScheduledThreadPoolExecutor housekeeper =
      new ScheduledThreadPoolExecutor(1, DaemonThreads.named("culvert-housekeeper"));

  /** What waits for its time; any thread. */
  private final Set<Delayed> waiting = ConcurrentHashMap.newKeySet();

  Workers() {
    this(PATIENCE, LONGEST_ANSWER);
  }

  /**
   * @param patience how long {@link #close} waits for tasks under way, and once more for those left
   * @param longestAnswer how long a task of {@link #answers} or {@link #openings} may last
   */
  Workers(Duration patience, Duration longestAnswer) {
    this.patience = patience;
    this.answers = new BoundedExecutor(answering, housekeeper, longestAnswer);
    this.openings = new BoundedExecutor(opening, housekeeper, longestAnswer);
    housekeeper.setRemoveOnCancelPolicy(true);
  }

  private static ThreadPoolExecutor pool(int threads, String name) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE.toMillis(),
            TimeUnit.MILLISECONDS,
            new LinkedBlockingQueue<>(),
            DaemonThreads.named(name));
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /** For what does not wait for clients. */
  ExecutorService executor() {
    return executor;
  }

  /**
   * For answers, which wait for clients that are slow to take them: nobody else waits for those.
   */
  BoundedExecutor answers() {
    return answers;
  }

  /** The same for what opens streams: it does not wait behind answers. */
  BoundedExecutor openings() {
    return openings;
  }

  /**
   * Repeats the task, at once at first; a fault does not end the repetition and is logged when it
   * is another one than the time before.
   */
  Future<?> every(Duration interval, Runnable task) {
    long millis = Math.max(1, interval.toMillis());
    return housekeeper.scheduleWithFixedDelay(new Guarded(task), 0, millis, TimeUnit.MILLISECONDS);
  }

  /**
   * Runs a short task on the housekeeper when the time is over; at the end of the gateway what
   * still waits runs at once, since an exchange may wait for it.
   *
   * @return takes it back, when it has not run yet
   */
  Runnable after(Duration delay, Runnable task) {
    Delayed delayed = new Delayed(task);
    waiting.add(delayed);
    Runnable takeBack = delayed::cancel;
    try {
      Future<?> due = housekeeper.schedule(delayed, delay.toNanos(), TimeUnit.NANOSECONDS);
      takeBack =
          () -> {
            delayed.cancel();
            due.cancel(false); // so that the queue does not keep the task until its time
          };
    } catch (RejectedExecutionException e) {
      delayed.run();
    }
    if (housekeeper.isShutdown()) {
      delayed.run();
    }
    return takeBack;
  }

  /**
   * Has a task run by others, a little later where no thread is to be had now: nobody asks a second
   * time, and whoever asks must not run it. What waits so at the end of the gateway is run by who
   * ends it; from then on there is no second try.
   */
  void insist(Executor others, Runnable task) {
    if (housekeeper.isShutdown()) {
      others.execute(task);
    } else if (!Threads.tryExecute(others, task)) {
      Runnable unused = after(Threads.AGAIN, () -> insistOnceMore(others, task));
    }
  }

  private void insistOnceMore(Executor others, Runnable task) {
    if (housekeeper.isShutdown()) {
      Threads.executeOrRun(others, task);
    } else {
      insist(others, task);
    }
  }

  /** A task that runs once, at its time or at the end. */
  private final class Delayed implements Runnable {
    private final Runnable task;
    private final AtomicBoolean settled = new AtomicBoolean();

    Delayed(Runnable task) {
      this.task = task;
    }

    @Override
    public void run() {
      if (settled.compareAndSet(false, true)) {
        waiting.remove(this);
        new Guarded(task).run();
      }
    }

    void cancel() {
      if (settled.compareAndSet(false, true)) {
        waiting.remove(this);
      }
    }
  }

  /** A task whose faults end nothing; run by one thread at a time. */
  private final class Guarded implements Runnable {
    private final Runnable task;

    /** What the last run failed with, empty when it did not. */
    private String knownFault = "";

    Guarded(Runnable task) {
      this.task = task;
    }

    @Override
    public void run() {
      try {
        task.run();
        knownFault = "";
      } catch (RuntimeException | Error e) { // others wait behind it
        if (!knownFault.equals(e.toString())) {
          knownFault = e.toString();
          Level level = housekeeper.isShutdown() ? Level.DEBUG : Level.WARNING;
          LOG.log(level, "CULVERT-G006 housekeeping failed", e);
        }
      }
    }
  }

  /** Repeats and delays nothing any more; before what the tasks work with goes away. */
  void endRepetitions() {
    housekeeper.shutdownNow();
    List.copyOf(waiting).forEach(Delayed::run);
  }

  /**
   * Finishes what has been begun, for a bounded time. What is still queued then runs all the same,
   * for a bounded time too: each task ends an exchange, which the server would otherwise keep for
   * good, and this application with it.
   */
  @Override
  public void close() {
    endRepetitions();
    List<ThreadPoolExecutor> pools = List.of(executor, opening, answering, housekeeper);
    pools.forEach(ExecutorService::shutdown);
    long deadline = System.nanoTime() + patience.toNanos();
    try {
      boolean ended = true;
      for (ThreadPoolExecutor pool : pools) {
        ended &= pool.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      }
      if (!ended) {
        LOG.log(Level.WARNING, "CULVERT-G007 handshakes are cut off by the undeployment");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    List<Runnable> left = new ArrayList<>(executor.shutdownNow());
    left.addAll(opening.shutdownNow());
    left.addAll(answering.shutdownNow());
    new LastTasks(left, patience).run();
  }
}
