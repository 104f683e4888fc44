package dev.culvert.provider.lease;

import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Counts the sessions of this JVM: the leases that the host keeps are all there are. */
public final class MemoryLeaseStore implements LeaseStore {

  private final HeldLeases leases;
  private final Duration ttl;

  /** Set once, by {@link #end}. */
  private volatile boolean ended;

  /** A store whose leases end when nobody renews them for that time. */
  public MemoryLeaseStore(HeldLeases leases, Duration ttl) {
    this.leases = leases;
    this.ttl = ttl;
  }

  @Override
  public void start() {
    leases.keep(false, ttl);
    Optional<String> unused = leases.takeNote(); // true no more: Redis learns nothing from now on
  }

  @Override
  public CompletionStage<Admission> acquire(Lease lease, int limit) {
    return CompletableFuture.completedFuture(decide(lease, limit));
  }

  private Admission decide(Lease lease, int limit) {
    if (!lease.isValid()) {
      return Admission.Unavailable.invalid(lease);
    }
    if (ended) {
      return new Admission.Unavailable("undeployed");
    }
    return leases.acquire(lease, limit)
        ? new Admission.Admitted(lease, true)
        : new Admission.Full();
  }

  @Override
  public void release(Lease lease) {
    leases.release(lease);
  }

  @Override
  public CompletionStage<Integer> terminate(String provider, String session) {
    return CompletableFuture.completedFuture(leases.terminate(provider, session));
  }

  @Override
  public CompletionStage<Integer> sessions(String provider) {
    return CompletableFuture.completedFuture(leases.sessions(provider));
  }

  @Override
  public void heartbeat() {
    leases.renew();
  }

  /** There is nobody else to be told. */
  @Override
  public void settle() {}

  @Override
  public boolean up() {
    return true;
  }

  @Override
  public boolean admits(Collection<String> providers) {
    return true;
  }

  @Override
  public void end() {
    ended = true;
  }

  @Override
  public void close() {
    end();
  }
}
