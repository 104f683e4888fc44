package dev.culvert.provider;

import dev.culvert.provider.lease.Admission;
import dev.culvert.provider.lease.CountedStore;
import dev.culvert.provider.lease.Lease;
import dev.culvert.provider.lease.LeaseStore;
import dev.culvert.provider.lease.StoreKind;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A real store whose answers the test may hold back, or turn into faults. It is waited for, so that
 * all that follows happens on the test's own thread.
 */
public final class TestLeases implements LeaseStore {

  private static final long SECONDS = 20;

  private final CountedStore real;

  // Guarded by this.
  private boolean down;
  private Optional<Error> fault = Optional.empty();
  private CompletableFuture<Void> gate = CompletableFuture.completedFuture(null);

  /** In a store of its own. */
  public TestLeases(StoreKind kind) {
    this(kind.open());
  }

  TestLeases(CountedStore real) {
    this.real = real;
  }

  /** Answers come when the returned future is completed. */
  public synchronized CompletableFuture<Void> hold() {
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

  /** What the store itself counts now. */
  public Set<Lease> held() {
    return real.counted();
  }

  /** The same after two heartbeats, which must not bring anything back. */
  public Set<Lease> heldForLong() {
    real.beat();
    real.beat();
    return real.counted();
  }

  Set<String> sessionsAt(String provider) {
    return held().stream()
        .filter(lease -> lease.provider().equals(provider))
        .map(Lease::session)
        .collect(Collectors.toSet());
  }

  /** Ends the store itself. */
  public void dispose() {
    real.close();
  }

  @Override
  public CompletionStage<Admission> acquire(Lease lease, int limit) {
    CompletableFuture<Void> open;
    synchronized (this) {
      fault.ifPresent(
          thrown -> {
            throw thrown;
          });
      open = gate;
    }
    return open.thenApply(unused -> admit(lease, limit));
  }

  private Admission admit(Lease lease, int limit) {
    synchronized (this) {
      if (down) {
        return new Admission.Unavailable("down");
      }
    }
    return answer(real.store().acquire(lease, limit));
  }

  private static <T> T answer(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(SECONDS, TimeUnit.SECONDS).join();
  }

  @Override
  public void release(Lease lease) {
    real.store().release(lease);
  }

  @Override
  public CompletionStage<Integer> terminate(String provider, String session) {
    return real.store().terminate(provider, session);
  }

  @Override
  public CompletionStage<Integer> sessions(String provider) {
    CompletableFuture<Void> open;
    synchronized (this) {
      open = gate;
    }
    return open.thenCompose(unused -> real.store().sessions(provider));
  }

  @Override
  public synchronized boolean up() {
    return !down;
  }

  @Override
  public synchronized boolean admits(Collection<String> providers) {
    return !down;
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
  public void end() {
    throw new UnsupportedOperationException("the store is ended by its owner");
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException("the store is closed by its owner");
  }
}
