package dev.culvert.host.lease;

import dev.culvert.boundary.LeaseId;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Leases that have ended and of which the store outside has not been told yet, oldest first. Not
 * thread-safe: its book guards it.
 */
final class OwedReleases {

  static final int MOST = 100_000;

  /** Between two reports of what was dropped. */
  static final long QUIET = TimeUnit.SECONDS.toNanos(10);

  private record Owed(LeaseId lease, long since) {}

  private final Map<String, Owed> byToken = new LinkedHashMap<>();
  private int dropped;
  private boolean reported;
  private long lastReport;

  void add(LeaseId lease, long now) {
    byToken.putIfAbsent(lease.token(), new Owed(lease, now));
  }

  List<LeaseId> oldest(int most) {
    return byToken.values().stream().limit(most).map(Owed::lease).toList();
  }

  void settle(Collection<String> tokens) {
    tokens.forEach(byToken::remove);
  }

  void clear() {
    byToken.clear();
  }

  /** Drops what the store has let expire by itself by now, and what is too much. */
  void trim(long now, long ttl) {
    Iterator<Owed> oldest = byToken.values().iterator();
    while (oldest.hasNext() && (now - oldest.next().since() > ttl || byToken.size() > MOST)) {
      oldest.remove();
      dropped++;
    }
  }

  /** How many were dropped since the last report; 0 when that was a moment ago. */
  int report(long now) {
    if (dropped == 0 || (reported && now - lastReport < QUIET)) {
      return 0;
    }
    int count = dropped;
    dropped = 0;
    reported = true;
    lastReport = now;
    return count;
  }
}
