package dev.culvert.route;

import dev.culvert.boundary.Sample;
import dev.culvert.config.RedisRules;
import dev.culvert.config.SessionRules;
import dev.culvert.provider.lease.Admission;
import dev.culvert.provider.lease.HeldLeases;
import dev.culvert.provider.lease.Lease;
import dev.culvert.provider.lease.LeaseStore;
import dev.culvert.provider.lease.MemoryLeaseStore;
import dev.culvert.provider.lease.redis.RedisLeaseStore;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The deployment's leases, in the store that the configuration names; when that changes they move.
 * Any thread, but for {@link #configure} and {@link #close}.
 */
final class Leases implements LeaseStore {

  /** More than three in a time to live. */
  private static final int HEARTBEATS = 4;

  /** More than a store takes to end and another to begin. */
  private static final Duration MOVE = Duration.ofSeconds(10);

  private static final Logger LOG = System.getLogger("dev.culvert.lease");

  private final HeldLeases held;
  private final Workers workers;

  /** Replaced by {@link #configure}. */
  private volatile LeaseStore store;

  // Of whoever configures, one at a time.
  private SessionRules rules;
  private Optional<Future<?>> heartbeats = Optional.empty();

  /** From store to store, one after the other; read at the end by whoever undeploys. */
  private volatile CompletableFuture<Void> moves = CompletableFuture.completedFuture(null);

  Leases(HeldLeases held, Workers workers, SessionRules rules) {
    this.held = held;
    this.workers = workers;
    this.rules = rules;
    this.store = storeFor(rules);
  }

  private LeaseStore storeFor(SessionRules wanted) {
    return wanted
        .redis()
        .<LeaseStore>map(redis -> new RedisLeaseStore(redis, wanted.ttl(), wanted.failOpen(), held))
        .orElseGet(() -> new MemoryLeaseStore(held, wanted.ttl()));
  }

  @Override
  public void start() {
    store.start();
    beat();
  }

  /**
   * Puts changed rules into force, and returns at once. Leases that are held are counted by the new
   * store, and not by the old one any more, as soon as both have been told. One caller at a time.
   */
  void configure(SessionRules next) {
    if (next.equals(rules)) {
      return;
    }
    LeaseStore before = store;
    LeaseStore after = storeFor(next);
    boolean moved = !place(next).equals(place(rules));
    rules = next;
    store = after; // down until the old one has been told what it is owed
    moves =
        moves
            .thenRunAsync(() -> move(before, after, moved), this::inAnyCase)
            .exceptionally(Leases::unmoved);
    beat();
  }

  /** A store that was never told to start would stay down. */
  private void inAnyCase(Runnable task) {
    workers.insist(workers.executor(), task);
  }

  /** The next move, of whatever is held then, is made all the same. */
  private static Void unmoved(Throwable fault) {
    LOG.log(Level.WARNING, "CULVERT-E007 leases have not moved as they should", fault);
    return null;
  }

  private static void move(LeaseStore before, LeaseStore after, boolean moved) {
    try {
      if (moved && before instanceof RedisLeaseStore redis) {
        redis.leave();
      } else {
        before.close();
      }
    } finally {
      after.start();
    }
  }

  /** Where leases lie: with the same place, the same leases. */
  private static Optional<List<?>> place(SessionRules rules) {
    return rules.redis().map(Leases::place);
  }

  private static List<?> place(RedisRules redis) {
    return List.of(redis.nodes(), redis.database(), redis.prefix());
  }

  private void beat() {
    heartbeats.ifPresent(running -> running.cancel(false));
    heartbeats =
        Optional.of(workers.every(rules.ttl().dividedBy(HEARTBEATS), () -> store.heartbeat()));
  }

  @Override
  public CompletionStage<Admission> acquire(Lease lease, int limit) {
    LeaseStore asked = store;
    return asked
        .acquire(lease, limit)
        .thenCompose(
            admission ->
                admission instanceof Admission.Unavailable && store != asked
                    ? acquire(again(lease), limit) // that one was replaced meanwhile
                    : CompletableFuture.completedFuture(admission));
  }

  /** The same one would be gone as soon as Redis is told of the release that it is still owed. */
  private static Lease again(Lease released) {
    return Lease.of(released.provider(), released.session());
  }

  @Override
  public void release(Lease lease) {
    store.release(lease);
  }

  @Override
  public CompletionStage<Integer> terminate(String provider, String session) {
    return store.terminate(provider, session);
  }

  @Override
  public CompletionStage<Integer> sessions(String provider) {
    return store.sessions(provider);
  }

  @Override
  public void heartbeat() {
    store.heartbeat();
  }

  @Override
  public void settle() {
    store.settle();
  }

  @Override
  public boolean up() {
    return store.up();
  }

  @Override
  public boolean admits(Collection<String> providers) {
    return store.admits(providers);
  }

  /** Whether the store answers, as a metric. */
  Sample sample() {
    return new Sample(
        "culvert_lease_store_up", Sample.GAUGE, Map.of(), up() ? 1 : 0, List.of(), List.of());
  }

  @Override
  public void end() {
    store.end();
  }

  /** A move that is under way is awaited, for a bounded time. */
  @Override
  public void close() {
    try {
      moves.get(MOVE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.log(Level.WARNING, "CULVERT-E006 leases have not moved to another store", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    store.close();
  }
}
