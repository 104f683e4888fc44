package dev.culvert.host.undertow;

import dev.culvert.host.loop.LaterTries;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;
import org.xnio.Options;
import org.xnio.XnioWorker;

/**
 * Replaces the idle threads of WildFly's workers. Each of them keeps the first task that it ran for
 * as long as it lives, and so the deployment that this task served; a core thread lives for good
 * (jboss-threads 3.9.2, {@code EnhancedQueueExecutor.ThreadBody}). Safe for use by any thread.
 */
final class IdleWorkers {

  private static final Logger LOG = System.getLogger("dev.culvert.host");

  private static final int SHORTEST_KEEP_ALIVE_MILLIS = 1;

  /** Longest time that the pool is without core threads. */
  private static final long PATIENCE_MILLIS = 500;

  private static final long LOOK_EVERY_MILLIS = 5;

  /** Those that have served a request for the host; a reload of the server brings others. */
  private final Set<XnioWorker> workers =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  /** Remembers a worker, weakly. */
  void watch(XnioWorker worker) {
    workers.add(worker);
  }

  /** Begins to replace the threads; one that is busy stays, and is looked at again later. */
  void replace() {
    List<XnioWorker> left; // of the thread that tries, once it does
    synchronized (workers) {
      left = new ArrayList<>(workers);
    }
    if (!left.isEmpty()) {
      LaterTries.begin(
          "culvert-idle-workers",
          () -> {
            left.removeIf(IdleWorkers::replace);
            return left.isEmpty();
          });
    }
  }

  /**
   * Does so with one pool at a time: what is put back must be what the server had set.
   *
   * @return whether no thread is left that was there
   */
  static boolean replace(XnioWorker worker) {
    // The intern pool gives one lock to all hosts of the JVM: a newer one has its own classes.
    synchronized ("dev.culvert.host.idle-workers".intern()) {
      return replaceAlone(worker);
    }
  }

  private static boolean replaceAlone(XnioWorker worker) {
    try {
      Integer core = worker.getOption(Options.WORKER_TASK_CORE_THREADS);
      Integer keepAlive = worker.getOption(Options.WORKER_TASK_KEEPALIVE);
      if (core == null || keepAlive == null || worker.isShutdown()) {
        return true; // an executor that is not the worker's own, or a worker of the past
      }
      if (keepAlive <= SHORTEST_KEEP_ALIVE_MILLIS) {
        return false; // a host that does not know of the lock is at it
      }
      try {
        worker.setOption(Options.WORKER_TASK_KEEPALIVE, SHORTEST_KEEP_ALIVE_MILLIS);
        worker.setOption(Options.WORKER_TASK_CORE_THREADS, 0); // wakes the idle ones, which end
        return awaitEmpty(worker);
      } finally {
        worker.setOption(Options.WORKER_TASK_CORE_THREADS, core);
        worker.setOption(Options.WORKER_TASK_KEEPALIVE, keepAlive);
      }
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "idle threads of the server are not replaced", e);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private static boolean awaitEmpty(XnioWorker worker) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    while (worker.getMXBean().getWorkerPoolSize() > 0) {
      if (System.nanoTime() - deadline >= 0) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
    }
    return true;
  }
}
