package dev.culvert.host.upstream;

import dev.culvert.host.loop.HostThreads;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads on which dials wait for upstreams. A target, or the proxy before it, has half of them
 * at most, so that one that does not answer leaves the others to the rest; what is above that waits
 * for its own. Any thread.
 */
final class DialThreads implements AutoCloseable {

  static final int MOST = 64;
  static final int MOST_OF_A_TARGET = MOST / 2;
  private static final long IDLE_SECONDS = 5;

  /** What waits for an upstream. */
  interface Dial {
    /** Holds the thread until the upstream has answered; must not throw. */
    void run();

    /** There is no thread for it. */
    void fail(String detail, Throwable cause);
  }

  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          MOST,
          MOST,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          task -> HostThreads.create("culvert-upstream-dial", task));

  // Guarded by this.
  private final Map<String, Lane> lanes = new HashMap<>();

  /** The dials of a target. */
  private static final class Lane {
    private int running;
    private final Queue<Dial> waiting = new ArrayDeque<>();
  }

  DialThreads() {
    threads.allowCoreThreadTimeOut(true);
  }

  /** Runs a dial when there is a thread for its target. */
  void execute(String target, Dial dial) {
    if (mayRun(target, dial)) {
      start(target, Optional.of(dial));
    }
  }

  private synchronized boolean mayRun(String target, Dial dial) {
    Lane lane = lanes.computeIfAbsent(target, unused -> new Lane());
    if (lane.running == MOST_OF_A_TARGET) {
      lane.waiting.add(dial);
      return false;
    }
    lane.running++;
    return true;
  }

  /** What has its place already; its thread goes on to others between two dials of a target. */
  private void start(String target, Optional<Dial> first) {
    Optional<Dial> dial = first;
    while (dial.isPresent()) {
      Dial next = dial.get();
      try {
        threads.execute(() -> run(target, next));
        return;
      } catch (RejectedExecutionException e) {
        next.fail("the host ends", e);
      } catch (OutOfMemoryError e) { // of threads
        next.fail(e.toString(), e);
      }
      dial = next(target);
    }
  }

  private void run(String target, Dial dial) {
    try {
      dial.run();
    } finally {
      start(target, next(target));
    }
  }

  /** Who has the place of a dial that is over; empty when nobody wants it. */
  private synchronized Optional<Dial> next(String target) {
    Lane lane = lanes.get(target);
    Dial next = lane.waiting.poll();
    if (next == null && --lane.running == 0) {
      lanes.remove(target);
    }
    return Optional.ofNullable(next);
  }

  /** Begins nothing any more. */
  @Override
  public void close() {
    threads.shutdown();
  }
}
