package dev.culvert.route;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/**
 * What a deployment has under way, and its end: nothing more is taken in, and what is left may be
 * waited for. Safe for use by any thread.
 */
final class Drain<T> {

  private final Set<T> underWay = ConcurrentHashMap.newKeySet();

  /** Opened when the last one has left after {@link #ended} was set. */
  private final CountDownLatch idle = new CountDownLatch(1);

  private volatile boolean ended;

  /** Takes something in, unless the deployment ends; it is to be taken out at its end. */
  boolean enter(T added) {
    underWay.add(added);
    if (ended) {
      leave(added);
      return false;
    }
    return true;
  }

  void leave(T left) {
    underWay.remove(left);
    if (ended && underWay.isEmpty()) {
      idle.countDown();
    }
  }

  /** Takes nothing more in. */
  void end() {
    ended = true;
  }

  void forEach(Consumer<T> task) {
    underWay.forEach(task);
  }

  /** The sum of a figure of all. */
  int sum(ToIntFunction<T> figure) {
    return underWay.stream().mapToInt(figure).sum();
  }

  /** Waits, once it was ended; tells whether nothing is left. */
  boolean awaitIdle(Duration limit) {
    if (underWay.isEmpty()) {
      return true;
    }
    try {
      return idle.await(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
