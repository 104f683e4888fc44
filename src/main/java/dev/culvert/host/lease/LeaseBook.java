package dev.culvert.host.lease;

import dev.culvert.boundary.LeaseId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * The leases of one application. A lease has an owner, who ends it, or is a stream's, which has it
 * for as long as it lives. Only the leases of owners that are gone end by themselves, so that an
 * owner who is late, or a shorter time to live, takes no place from a session that goes on. Safe
 * for use by any thread.
 */
public final class LeaseBook {

  /** An owner's lease, and when it was renewed. */
  private record Term(long owner, long renewed) {}

  private final LongSupplier clock;
  private final LongPredicate lives;

  // All guarded by this; nothing is called under it but what belongs to the book, and lives.
  private boolean remote;
  private long ttl = TimeUnit.MINUTES.toNanos(5);

  /** In the order of renewal, so that the first are the first to expire. */
  private final Map<LeaseId, Term> owned = new LinkedHashMap<>();

  private final Set<LeaseId> ofStreams = new LinkedHashSet<>();
  private final Map<String, ProviderSessions> providers = new HashMap<>();
  private final OwedReleases owed = new OwedReleases();

  /**
   * @param clock in nanoseconds
   * @param lives whether an owner is there still; does not wait
   */
  public LeaseBook(LongSupplier clock, LongPredicate lives) {
    this.clock = clock;
    this.lives = lives;
  }

  /**
   * States how leases are kept from now on.
   *
   * @param outside whether a store outside is owed the release of what ends here
   * @param ttlNanos time to live, above 0
   */
  public synchronized void configure(boolean outside, long ttlNanos) {
    remote = outside;
    ttl = ttlNanos;
    if (!remote) {
      owed.clear();
    }
  }

  /**
   * Takes a lease; one that is there already is renewed.
   *
   * @param limit of sessions at the provider; 0 or less = none
   * @return false when the provider is full
   */
  public synchronized boolean acquire(long owner, LeaseId lease, int limit) {
    long now = sweep();
    if (ofStreams.contains(lease)) {
      return true;
    }
    ProviderSessions sessions = sessionsOf(lease);
    if (owned.remove(lease) == null) {
      if (!sessions.admits(lease.session(), limit)) {
        return false;
      }
      sessions.enter(lease.session());
    }
    owned.put(lease, new Term(owner, now));
    return true;
  }

  /**
   * Makes a lease a stream's.
   *
   * @return false when it has ended
   */
  public synchronized boolean pin(LeaseId lease) {
    sweep();
    if (owned.remove(lease) != null) {
      ofStreams.add(lease);
    }
    return ofStreams.contains(lease);
  }

  /**
   * Ends a lease.
   *
   * @return whether a store outside is to be told
   */
  public synchronized boolean release(LeaseId lease) {
    long now = sweep();
    boolean held = owned.remove(lease) != null || ofStreams.remove(lease);
    if (held) {
      left(lease, now);
    }
    return held && remote;
  }

  /** Ends all leases of an owner. */
  public synchronized void end(long owner) {
    long now = sweep();
    owned.entrySet().stream()
        .filter(entry -> entry.getValue().owner() == owner)
        .map(Map.Entry::getKey)
        .toList()
        .forEach(
            lease -> {
              owned.remove(lease);
              left(lease, now);
            });
  }

  /** Ends all leases of a session at a provider; returns how many. */
  public synchronized int terminate(String provider, String session) {
    long now = sweep();
    Predicate<LeaseId> its =
        lease -> lease.provider().equals(provider) && lease.session().equals(session);
    List<LeaseId> ended = all().stream().filter(its).toList();
    ended.forEach(
        lease -> {
          owned.remove(lease);
          ofStreams.remove(lease);
          left(lease, now);
        });
    return ended.size();
  }

  /** How many sessions have leases at a provider. */
  public synchronized int sessions(String provider) {
    sweep();
    ProviderSessions sessions = providers.get(provider);
    return sessions == null ? 0 : sessions.size();
  }

  /** Renews an owner's leases; returns everybody's. */
  public synchronized List<LeaseId> renew(long owner) {
    long now = sweep();
    Term term = new Term(owner, now);
    List<LeaseId> renewed = new ArrayList<>();
    owned.forEach(
        (lease, old) -> {
          if (old.owner() == owner) {
            renewed.add(lease);
          }
        });
    renewed.forEach(owned::remove);
    renewed.forEach(lease -> owned.put(lease, term));
    return all();
  }

  /** Leases of which the store outside is to be told, the oldest first. */
  public synchronized List<LeaseId> owed(int most) {
    sweep();
    return owed.oldest(most);
  }

  /** The store outside has been told of these. */
  public synchronized void told(Collection<String> tokens) {
    owed.settle(tokens);
  }

  /**
   * How many releases were dropped, untold, since the last answer that was not 0: what has waited
   * longer than the store outside counts it, or is too much. Not 0 once in ten seconds at most.
   */
  public synchronized int dropped() {
    return owed.report(sweep());
  }

  /** How many leases each provider has; with 0 for one that had some before. */
  public synchronized Map<String, Integer> totals() {
    sweep();
    Map<String, Integer> totals = new TreeMap<>();
    providers.forEach((provider, sessions) -> totals.put(provider, sessions.total()));
    return totals;
  }

  private List<LeaseId> all() {
    List<LeaseId> all = new ArrayList<>(owned.keySet());
    all.addAll(ofStreams);
    return all;
  }

  /** Ends what is over; returns the time. The store outside has its own clock for that. */
  private long sweep() {
    long now = clock.getAsLong();
    outOfDate(now).forEach((lease, owner) -> owned.put(lease, new Term(owner, now)));
    owed.trim(now, ttl);
    return now;
  }

  /** Takes out all whose time is over, and ends those whose owner is gone; returns the others. */
  private Map<LeaseId, Long> outOfDate(long now) {
    Map<LeaseId, Long> living = new LinkedHashMap<>();
    Iterator<Map.Entry<LeaseId, Term>> oldest = owned.entrySet().iterator();
    while (oldest.hasNext()) {
      Map.Entry<LeaseId, Term> entry = oldest.next();
      Term term = entry.getValue();
      if (now - term.renewed() < ttl) {
        break;
      }
      LeaseId lease = entry.getKey();
      oldest.remove();
      if (lives.test(term.owner())) {
        living.put(lease, term.owner());
      } else {
        sessionsOf(lease).leave(lease.session());
      }
    }
    return living;
  }

  private void left(LeaseId lease, long now) {
    sessionsOf(lease).leave(lease.session());
    if (remote) {
      owed.add(lease, now);
    }
  }

  private ProviderSessions sessionsOf(LeaseId lease) {
    return providers.computeIfAbsent(lease.provider(), name -> new ProviderSessions());
  }
}
