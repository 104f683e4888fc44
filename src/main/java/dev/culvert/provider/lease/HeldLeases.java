package dev.culvert.provider.lease;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The application's leases in this JVM, as the host keeps them: they outlive the deployment with
 * the streams that have them. Safe for use by any thread; nothing waits, and nothing throws when
 * the deployment has ended: its leases have, too, then.
 */
public interface HeldLeases {

  /**
   * States how they are kept.
   *
   * @param remote whether a store outside counts them, and is owed their releases
   */
  void keep(boolean remote, Duration ttl);

  /**
   * Takes a lease for the deployment.
   *
   * @return false when the provider has that many sessions here and this is none of them, or the
   *     deployment has ended
   */
  boolean acquire(Lease lease, int limit);

  /** Ends a lease. */
  void release(Lease lease);

  /** Ends all leases of a session; returns how many. */
  int terminate(String provider, String session);

  /** How many sessions have leases. */
  int sessions(String provider);

  /** Renews those of the deployment; returns all, those of streams included. */
  List<Lease> renew();

  /** The oldest releases of which the store outside is to be told. */
  List<Lease> owed(int most);

  /** The store outside has been told of these. */
  void told(Collection<Lease> leases);

  /**
   * Leaves word for the next store of these leases, in this deployment or the next one; in the
   * place of what was left before.
   */
  void leaveNote(String note);

  /** Takes what was left last; empty when it was taken, or nothing was left. */
  Optional<String> takeNote();
}
