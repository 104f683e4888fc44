package dev.culvert.provider.lease.redis;

import dev.culvert.provider.lease.HeldLeases;
import dev.culvert.provider.lease.Lease;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Tells Redis of leases that have ended. The keeper's thread. */
final class Releases {

  /** More releases at once than the host's book keeps. */
  private static final int ALL = 1_000_000;

  private final RedisLink link;
  private final HeldLeases held;
  private final OutageLog log;

  Releases(RedisLink link, HeldLeases held, OutageLog log) {
    this.link = link;
    this.held = held;
    this.log = log;
  }

  /** Tells it what it is owed, as far as it answers; the rest waits. */
  void settle() {
    int most = RedisLeases.BATCH;
    while (true) {
      List<Lease> owed = held.owed(most);
      Set<Lease> told = tell(owed);
      held.told(told);
      owed.stream()
          .filter(lease -> !told.contains(lease))
          .findFirst()
          .ifPresent(waiting -> log.released(waiting, link.fault(waiting.provider())));
      if (owed.size() < most || link.connection().isEmpty()) {
        return;
      }
      most = told.isEmpty() ? ALL : RedisLeases.BATCH; // behind those that have to wait
    }
  }

  /** Returns those of which Redis was told. */
  Set<Lease> tell(List<Lease> leases) {
    Set<Lease> told = new HashSet<>();
    leases.stream()
        .collect(Collectors.groupingBy(Lease::provider))
        .forEach(
            (provider, its) -> {
              if (link.tell(provider, open -> open.release(provider, its))) {
                told.addAll(its);
              }
            });
    return told;
  }
}
