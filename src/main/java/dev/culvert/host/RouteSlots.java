package dev.culvert.host;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts handshakes and streams of each route against its limit, over all deployments of the
 * application. Safe for use by any thread.
 */
final class RouteSlots {

  private record Key(String application, String route) {}

  private final Map<Key, Integer> taken = new ConcurrentHashMap<>();
  private final Runnable whenIdle;

  /**
   * @param whenIdle called by whoever gives the last place back
   */
  RouteSlots(Runnable whenIdle) {
    this.whenIdle = whenIdle;
  }

  /** A place under the limit, given back once. */
  final class Slot {
    private final Key key;

    // Guarded by this.
    private boolean held = true;
    private Runnable sequel = () -> {};

    private Slot(Key key) {
      this.key = key;
    }

    /** Has something done when the place is given back; at once when it has been. */
    void then(Runnable task) {
      synchronized (this) {
        if (held) {
          sequel = task;
          return;
        }
      }
      task.run();
    }

    /** Gives the place back; later calls do nothing. */
    void release() {
      Runnable next;
      synchronized (this) {
        if (!held) {
          return;
        }
        held = false;
        next = sequel;
      }
      taken.computeIfPresent(key, (k, count) -> count == 1 ? null : count - 1);
      next.run();
      if (isIdle()) {
        whenIdle.run();
      }
    }
  }

  /** Whether no handshake and no stream has a place. */
  boolean isIdle() {
    return taken.isEmpty();
  }

  /** Takes a place, or nothing when {@code limit} of them are taken; 0 is no limit. */
  Optional<Slot> take(String application, String route, int limit) {
    Key key = new Key(application, route);
    boolean[] granted = new boolean[1];
    taken.compute(
        key,
        (k, count) -> {
          int now = count == null ? 0 : count;
          granted[0] = limit == 0 || now < limit;
          return granted[0] ? Integer.valueOf(now + 1) : count;
        });
    return granted[0] ? Optional.of(new Slot(key)) : Optional.empty();
  }
}
