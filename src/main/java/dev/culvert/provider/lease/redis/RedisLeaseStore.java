package dev.culvert.provider.lease.redis;

import dev.culvert.config.RedisRules;
import dev.culvert.provider.lease.Admission;
import dev.culvert.provider.lease.HeldLeases;
import dev.culvert.provider.lease.Lease;
import dev.culvert.provider.lease.LeaseStore;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Counts the sessions of all nodes in Redis or Valkey, on threads of its own. While Redis is down
 * every answer is given at once.
 */
public final class RedisLeaseStore implements LeaseStore {

  /** Longest wait of a beginning for the first connection. */
  private static final Duration BEGIN = Duration.ofSeconds(1);

  /** Longest wait of an end for each of: questions under way, releases that are owed. */
  static final Duration END = Duration.ofSeconds(2);

  /** How often Redis is asked whether it is there and has lost nothing. */
  private static final Duration PROBE = Duration.ofSeconds(1);

  private final HeldLeases held;
  private final Duration ttl;
  private final boolean failOpen;
  private final String place;
  private final OutageLog log = new OutageLog(System::nanoTime);
  private final LeaseKeeper keeper;
  private final Askers askers;

  /** What Redis knows the leases by: of the store before, where that has left word. */
  private volatile String node = UUID.randomUUID().toString();

  private final AtomicBoolean noted = new AtomicBoolean();

  /**
   * Makes a store that is down until it is started.
   *
   * @param ttl after which a lease ends that is not renewed
   * @param failOpen whether sessions are admitted while Redis is down
   */
  public RedisLeaseStore(RedisRules redis, Duration ttl, boolean failOpen, HeldLeases held) {
    this(redis, ttl, failOpen, held, PROBE, System::nanoTime);
  }

  /**
   * @param probe how often Redis is asked though there is nothing to ask
   * @param clock in nanoseconds, for those who wait for their turn
   */
  RedisLeaseStore(
      RedisRules redis,
      Duration ttl,
      boolean failOpen,
      HeldLeases held,
      Duration probe,
      LongSupplier clock) {
    this.held = held;
    this.ttl = ttl;
    this.failOpen = failOpen;
    this.place = List.of(redis.nodes(), redis.database(), redis.prefix()).toString();
    this.keeper =
        new LeaseKeeper(
            () ->
                new RedisLeases(
                    RedisConnection.open(redis, Askers.THREADS + 1),
                    redis.prefix(),
                    ttl.toMillis(),
                    node),
            held,
            log,
            probe);
    this.askers = new Askers(keeper, clock);
  }

  @Override
  public void start() {
    held.keep(true, ttl);
    held.takeNote()
        .flatMap(Note::parse)
        .filter(note -> note.place().equals(place))
        .ifPresent(this::goOn);
    keeper.start(BEGIN);
  }

  private void goOn(Note note) {
    node = note.node();
    note.uncounted().forEach(keeper::uncounted);
  }

  @Override
  public CompletionStage<Admission> acquire(Lease lease, int limit) {
    if (!lease.isValid()) {
      return CompletableFuture.completedFuture(Admission.Unavailable.invalid(lease));
    }
    if (askers.isClosed()) {
      return CompletableFuture.completedFuture(new Admission.Unavailable("undeployed"));
    }
    return askers.ask(lease.provider(), new Acquisition(lease, limit));
  }

  /** Of a session that wants a place. */
  private final class Acquisition implements Question<Admission> {
    private final Lease lease;
    private final int limit;

    Acquisition(Lease lease, int limit) {
      this.lease = lease;
      this.limit = limit;
    }

    @Override
    public Admission ask(RedisLeases store) {
      return acquired(store, lease, limit);
    }

    @Override
    public Admission unsent(String detail) {
      if (!admitsUncounted()) {
        log.acquired(lease, false, detail);
        return new Admission.Unavailable(detail);
      }
      keeper.unsent(lease);
      return without(lease, detail);
    }

    @Override
    public Admission unanswered(String detail) {
      return without(lease, detail);
    }

    @Override
    public Admission overloaded(String detail) {
      return new Admission.Unavailable(detail);
    }

    @Override
    public boolean isUrgent() {
      return true;
    }
  }

  private boolean admitsUncounted() {
    return failOpen && !askers.isClosed();
  }

  private Admission acquired(RedisLeases store, Lease lease, int limit) {
    keeper.sending(lease);
    RedisLeases.Place place = store.acquire(lease, limit);
    if (place == RedisLeases.Place.NONE) {
      return new Admission.Full();
    }
    boolean holds = false;
    try {
      holds = held.acquire(lease, 0);
    } finally { // Redis must not count what is not held, whatever has gone wrong
      if (!holds) {
        store.release(lease.provider(), List.of(lease));
      }
    }
    if (!holds) {
      return new Admission.Unavailable("undeployed");
    }
    keeper.counted(lease, place == RedisLeases.Place.TAKEN);
    return new Admission.Admitted(lease, true);
  }

  /** Perhaps Redis has counted it, and only the answer was lost: then the release is owed. */
  private Admission without(Lease lease, String detail) {
    boolean admitted = admitsUncounted();
    held.acquire(lease, 0);
    log.acquired(lease, admitted, detail);
    if (admitted) {
      keeper.uncounted(lease);
      return new Admission.Admitted(lease, false);
    }
    release(lease);
    return new Admission.Unavailable(detail);
  }

  @Override
  public void release(Lease lease) {
    held.release(lease);
    keeper.released(lease);
  }

  @Override
  public CompletionStage<Integer> terminate(String provider, String session) {
    if (!Lease.isId(provider) || !Lease.isId(session)) {
      return CompletableFuture.completedFuture(0);
    }
    return askers.ask(
        provider,
        Question.patient(
            store -> {
              int everywhere = store.terminate(provider, session);
              terminateHere(provider, session);
              return everywhere;
            },
            detail -> terminateHere(provider, session)));
  }

  private int terminateHere(String provider, String session) {
    int here = held.terminate(provider, session);
    keeper.settleSoon();
    return here;
  }

  @Override
  public CompletionStage<Integer> sessions(String provider) {
    return Lease.isId(provider)
        ? askers.ask(provider, Question.patient(store -> store.sessions(provider), detail -> -1))
        : CompletableFuture.completedFuture(0);
  }

  @Override
  public void settle() {
    keeper.settleSoon();
  }

  @Override
  public void heartbeat() {
    keeper.heartbeat();
  }

  @Override
  public boolean up() {
    return keeper.up();
  }

  @Override
  public boolean admits(Collection<String> providers) {
    return failOpen || providers.stream().anyMatch(provider -> keeper.store(provider).isPresent());
  }

  /** Closes the store and has it forget all that is held here: another one counts it. */
  public void leave() {
    List<Lease> before = held.renew(); // what ends from now on may be owed to the other one
    askers.close();
    keeper.leave(before);
    keeper.close();
  }

  @Override
  public void close() {
    askers.close();
    leaveNote(keeper::uncounted);
    keeper.close();
  }

  @Override
  public void end() {
    askers.close();
    leaveNote(keeper::lastUncounted);
  }

  private void leaveNote(Supplier<Set<Lease>> uncounted) {
    if (noted.compareAndSet(false, true)) {
      held.leaveNote(new Note(place, node, uncounted.get()).text());
    }
  }
}
