package dev.culvert.provider.lease.redis;

import dev.culvert.provider.lease.HeldLeases;
import dev.culvert.provider.lease.Lease;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Knows what Redis has to be told of leases that are held: nothing but a renewal of those that it
 * counted, so that one that was terminated there stays so; of others, and of all when it has lost
 * its memory, that they are there. The keeper's thread, but for {@link #uncounted()}, {@link
 * #uncounted(Lease)} and {@link #released}.
 */
final class Registrar {

  private final HeldLeases held;
  private final Unsent unsent;
  private final OutageLog log;

  /** Admitted without Redis, and not registered yet; any thread. */
  private final Set<Lease> uncounted = ConcurrentHashMap.newKeySet();

  /** Missing in Redis at the last heartbeat. */
  private final Set<Lease> missing = new HashSet<>();

  Registrar(HeldLeases held, Unsent unsent, OutageLog log) {
    this.held = held;
    this.unsent = unsent;
    this.log = log;
  }

  /** Redis does not count this lease; it is held already. */
  void uncounted(Lease lease) {
    uncounted.add(lease);
  }

  /** Leases that Redis does not count. */
  Set<Lease> uncounted() {
    return Set.copyOf(uncounted);
  }

  /** This lease is not held any more; those of streams are found out by {@link #held}. */
  void released(Lease lease) {
    uncounted.remove(lease);
  }

  /** All that are held, by provider; the host's book renews them. */
  Map<String, List<Lease>> held() {
    Set<Lease> before = Set.copyOf(uncounted);
    List<Lease> all = held.renew();
    Set<Lease> over = new HashSet<>(before);
    all.forEach(over::remove);
    over.forEach(uncounted::remove);
    held.told(over.stream().filter(unsent::take).toList());
    return all.stream().collect(Collectors.groupingBy(Lease::provider));
  }

  /**
   * Has Redis count what is held.
   *
   * @return those that it did not know to be here and that were not registered now: they have ended
   *     there, unless somebody is about to call them uncounted
   */
  Set<Lease> tell(RedisLeases open, String provider, List<Lease> leases) {
    Map<Boolean, List<Lease>> parts =
        leases.stream().collect(Collectors.partitioningBy(lease -> !uncounted.contains(lease)));
    Optional<Set<Lease>> ended = open.renew(provider, parts.get(true));
    List<Lease> strangers = ended.isEmpty() ? leases : parts.get(false);
    if (ended.isEmpty() || !strangers.isEmpty()) {
      strangers.forEach(unsent::sending);
      open.register(provider, strangers);
      strangers.forEach(uncounted::remove);
    }
    return ended.orElse(Set.of());
  }

  /**
   * Gives up leases that are missing for the second time: between two heartbeats whoever was
   * admitted uncounted has been called so.
   */
  void heartbeat(RedisLeases open, String provider, List<Lease> leases) {
    Set<Lease> suspects = new HashSet<>(tell(open, provider, leases));
    List<Lease> ended = suspects.stream().filter(missing::contains).toList();
    ended.forEach(
        lease -> {
          giveUp(lease);
          suspects.remove(lease);
        });
    missing.removeIf(lease -> lease.provider().equals(provider));
    missing.addAll(suspects);
  }

  /**
   * Gives up all that are missing: nobody is admitted any more, or about to be called uncounted.
   */
  void last(RedisLeases open, String provider, List<Lease> leases) {
    tell(open, provider, leases).forEach(this::giveUp);
  }

  private void giveUp(Lease lease) {
    log.ended(lease);
    held.release(lease);
  }
}
