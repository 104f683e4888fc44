package dev.culvert.host.dial;

import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Addresses that names were found to have. Those of a moment ago are as good as new ones; while a
 * name cannot be looked up, those of the last day hold on (RFC 8767 section 5), since its servers
 * may be there although those of the name are not. Safe for use by any thread.
 */
final class KnownAddresses {

  private static final long FRESH = Duration.ofSeconds(10).toNanos();

  /** How long nobody waits behind a look-up that failed; one that comes later does. */
  private static final long HELD_ON = Duration.ofMinutes(1).toNanos();

  private static final long STALE = Duration.ofDays(1).toNanos();

  /** The names are those of the configuration; newer ones may come. */
  private static final int MOST = 1024;

  /**
   * What a name leads to.
   *
   * @param addresses at least one
   * @param found when
   * @param asked when it was last found, or could not be
   * @param heldOn whether it could not be found the last time
   */
  private record Entry(List<InetAddress> addresses, long found, long asked, boolean heldOn) {}

  private final LongSupplier clock;

  /** In the order of use, the least recent first; guarded by this. */
  private final Map<String, Entry> entries =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Entry> eldest) {
          return size() > MOST;
        }
      };

  /**
   * @param clock in nanoseconds, as {@link System#nanoTime}
   */
  KnownAddresses(LongSupplier clock) {
    this.clock = clock;
  }

  /** Those to go by without a look-up; empty when there are none. */
  synchronized Optional<List<InetAddress>> current(String host) {
    return Optional.ofNullable(entries.get(host))
        .filter(entry -> clock.getAsLong() - entry.asked() < (entry.heldOn() ? HELD_ON : FRESH))
        .map(Entry::addresses);
  }

  /** Whether it is time to look a name up, again or for the first time. */
  synchronized boolean isDue(String host) {
    Entry entry = entries.get(host);
    return entry == null || clock.getAsLong() - entry.asked() >= FRESH;
  }

  synchronized void found(String host, List<InetAddress> addresses) {
    long now = clock.getAsLong();
    entries.put(host, new Entry(addresses, now, now, false));
  }

  /** The name cannot be looked up; those to go by meanwhile, empty when there are none. */
  synchronized Optional<List<InetAddress>> holdOn(String host) {
    Entry entry = entries.get(host);
    long now = clock.getAsLong();
    if (entry == null || now - entry.found() >= STALE) {
      entries.remove(host);
      return Optional.empty();
    }
    entries.put(host, new Entry(entry.addresses(), entry.found(), now, true));
    return Optional.of(entry.addresses());
  }
}
