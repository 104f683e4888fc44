package dev.culvert.host;

import dev.culvert.host.frame.CloseStatus;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * HTTP sessions that ended a short while ago, for streams that were on their way then. At most
 * {@value #MOST} are remembered, each for {@value #KEPT_SECONDS} s. Safe for use by any thread.
 */
final class EndedSessions {

  /** Longer than a stream may take from its request to its begin, with usual time-outs. */
  static final int KEPT_SECONDS = 60;

  static final int MOST = 10_000;

  private record End(long at, CloseStatus status) {}

  private final LongSupplier clock;

  /** In the order in which they ended; guarded by this. */
  private final Map<String, End> ends = new LinkedHashMap<>();

  /**
   * @param clock in nanoseconds
   */
  EndedSessions(LongSupplier clock) {
    this.clock = clock;
  }

  /**
   * Remembers a session.
   *
   * @param status with which its streams are closed
   */
  synchronized void add(String session, CloseStatus status) {
    ends.remove(session);
    ends.put(session, new End(clock.getAsLong(), status));
    trim();
  }

  /** The status with which the session's streams are closed; empty when it has not just ended. */
  synchronized Optional<CloseStatus> find(String session) {
    trim();
    return Optional.ofNullable(ends.get(session)).map(End::status);
  }

  private void trim() {
    long now = clock.getAsLong();
    Iterator<End> oldest = ends.values().iterator();
    while (oldest.hasNext() && (isOld(oldest.next(), now) || ends.size() > MOST)) {
      oldest.remove();
    }
  }

  private static boolean isOld(End end, long now) {
    return now - end.at() >= TimeUnit.SECONDS.toNanos(KEPT_SECONDS);
  }
}
