package dev.culvert.provider.lease.redis;

import dev.culvert.thread.DaemonThreads;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/** The one thread of a keeper of leases, whose tasks may wait for the network. Any thread. */
final class KeeperThread implements AutoCloseable {

  private static final Logger LOG = System.getLogger("dev.culvert.lease");

  private final ScheduledThreadPoolExecutor thread =
      new ScheduledThreadPoolExecutor(
          1,
          DaemonThreads.named("culvert-lease-keeper"),
          new ThreadPoolExecutor.DiscardPolicy()); // nothing is left to do after the end

  /** The fault that was told last; the thread's own. */
  private String told = "";

  void execute(Runnable task) {
    thread.execute(task);
  }

  void after(Duration delay, Runnable task) {
    Future<?> unused = thread.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Repeats a task, also one that throws. */
  void every(Duration delay, Runnable task) {
    long millis = delay.toMillis();
    Runnable guarded =
        () -> {
          try {
            task.run();
          } catch (RuntimeException | Error e) { // else it would be the last time, silently
            tell(e);
          }
        };
    Future<?> unused =
        thread.scheduleWithFixedDelay(guarded, millis, millis, TimeUnit.MILLISECONDS);
  }

  /** Once for each new fault. */
  private void tell(Throwable fault) {
    if (!fault.toString().equals(told)) {
      told = fault.toString();
      LOG.log(Level.WARNING, "CULVERT-E008 leases were not looked after; that goes on", fault);
    }
  }

  /** Has a task done, unless it is queued already and does not run yet. */
  Runnable once(Runnable task) {
    AtomicBoolean queued = new AtomicBoolean();
    return () -> {
      if (queued.compareAndSet(false, true)) {
        execute(
            () -> {
              queued.set(false);
              task.run();
            });
      }
    };
  }

  /**
   * Has a task done after all that are queued, and waits for it.
   *
   * @throws TimeoutException when it takes longer than that
   * @throws ExecutionException when it throws
   */
  void finish(Runnable task, Duration patience)
      throws ExecutionException, TimeoutException, InterruptedException {
    thread.submit(task).get(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Interrupts what is being done; nothing is done any more. Idempotent. */
  @Override
  public void close() {
    thread.shutdownNow();
  }
}
