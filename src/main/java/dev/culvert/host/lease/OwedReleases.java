package dev.culvert.host.lease;

import dev.culvert.boundary.LeaseId;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Leases that have ended and of which the store outside has not been told yet, oldest first. Not
 * thread-safe: its book guards it.
 */
final class OwedReleases {

  static final int MOST = 100_000;

  private static final Logger LOG = System.getLogger("dev.culvert.lease");

  private record Owed(LeaseId lease, long since) {}

  private final Map<String, Owed> byToken = new LinkedHashMap<>();

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
    int dropped = 0;
    Iterator<Owed> oldest = byToken.values().iterator();
    while (oldest.hasNext() && (now - oldest.next().since() > ttl || byToken.size() > MOST)) {
      oldest.remove();
      dropped++;
    }
    if (dropped > 0) {
      LOG.log(
          Level.WARNING,
          "CULVERT-H014 the lease store was not told of ended leases in time; they end there by"
              + " their time to live: {0}",
          dropped);
    }
  }
}
