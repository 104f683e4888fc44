package dev.culvert.provider;

import dev.culvert.provider.lease.Admission;
import dev.culvert.provider.lease.Lease;
import dev.culvert.provider.lease.LeaseStore;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/** Leases in a set; can be told to refuse, and to keep callers waiting. */
public final class TestLeases implements LeaseStore {

  private final Set<Lease> held = new LinkedHashSet<>();
  private boolean down;
  private Optional<Error> fault = Optional.empty();
  private CompletableFuture<Void> gate = CompletableFuture.completedFuture(null);

  /** Answers come when the returned future is completed. */
  synchronized CompletableFuture<Void> hold() {
    gate = new CompletableFuture<>();
    return gate;
  }

  /** No session is admitted any more. */
  synchronized void failClosed() {
    down = true;
  }

  /** No lease can be asked for any more. */
  synchronized void fail(Error thrown) {
    fault = Optional.of(thrown);
  }

  /** What is held now. */
  public synchronized Set<Lease> held() {
    return Set.copyOf(held);
  }

  synchronized Set<String> sessionsAt(String provider) {
    return held.stream()
        .filter(lease -> lease.provider().equals(provider))
        .map(Lease::session)
        .collect(Collectors.toSet());
  }

  @Override
  public synchronized CompletionStage<Admission> acquire(Lease lease, int limit) {
    fault.ifPresent(
        thrown -> {
          throw thrown;
        });
    return gate.thenApply(open -> admit(lease, limit));
  }

  private synchronized Admission admit(Lease lease, int limit) {
    if (down) {
      return new Admission.Unavailable("down");
    }
    Set<String> sessions = sessionsAt(lease.provider());
    if (limit > 0 && sessions.size() >= limit && !sessions.contains(lease.session())) {
      return new Admission.Full();
    }
    held.add(lease);
    return new Admission.Admitted(lease, true);
  }

  @Override
  public synchronized void release(Lease lease) {
    held.remove(lease);
  }

  @Override
  public synchronized CompletionStage<Integer> terminate(String provider, String session) {
    int before = held.size();
    held.removeIf(one -> one.provider().equals(provider) && one.session().equals(session));
    return CompletableFuture.completedFuture(before - held.size());
  }

  @Override
  public synchronized CompletionStage<Integer> sessions(String provider) {
    return gate.thenApply(open -> sessionsAt(provider).size());
  }

  @Override
  public void heartbeat() {
    throw new UnsupportedOperationException("providers renew nothing");
  }

  @Override
  public void start() {
    throw new UnsupportedOperationException("the store is started by its owner");
  }

  @Override
  public void settle() {
    throw new UnsupportedOperationException("providers have no streams");
  }

  @Override
  public synchronized boolean up() {
    return !down;
  }

  @Override
  public void end() {
    throw new UnsupportedOperationException("the store is ended by its owner");
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException("the store is closed by its owner");
  }
}
