package dev.culvert.provider.lease.redis;

import dev.culvert.provider.lease.Lease;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Leases of which Redis has never heard, so that it need not hear of their ends either. Safe for
 * use by any thread.
 */
final class Unsent {

  /**
   * Any thread adds a lease, before it is held; whoever sends one takes it out first. Only the
   * keeper's thread registers leases and settles their ends: one that it finds here when that has
   * ended was not sent, and is not going to be, since it is not held any more.
   */
  private final Set<Lease> leases = ConcurrentHashMap.newKeySet();

  /** Nobody tells Redis of this one, but the keeper's thread once it is held. */
  void add(Lease lease) {
    leases.add(lease);
  }

  /** Somebody is about to send it. */
  void sending(Lease lease) {
    leases.remove(lease);
  }

  /** Takes one that has ended; returns whether it was never sent. The keeper's thread. */
  boolean take(Lease ended) {
    return leases.remove(ended);
  }
}
