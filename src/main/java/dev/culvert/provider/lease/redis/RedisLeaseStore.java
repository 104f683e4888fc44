package dev.culvert.provider.lease.redis;

import dev.culvert.config.RedisRules;
import dev.culvert.provider.lease.Admission;
import dev.culvert.provider.lease.HeldLeases;
import dev.culvert.provider.lease.Lease;
import dev.culvert.provider.lease.LeaseStore;
import dev.culvert.thread.DaemonThreads;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
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

  static final int THREADS = 4;
  static final int QUEUE = 1_000;

  private final HeldLeases held;
  private final Duration ttl;
  private final boolean failOpen;
  private final String place;
  private final OutageLog log = new OutageLog(System::nanoTime);
  private final LeaseKeeper keeper;
  private final ThreadPoolExecutor askers =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          5,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(QUEUE),
          DaemonThreads.named("culvert-lease"));

  /** What Redis knows the leases by: of the store before, where that has left word. */
  private volatile String node = UUID.randomUUID().toString();

  /** Set once. */
  private volatile boolean closed;

  private final AtomicBoolean noted = new AtomicBoolean();

  /**
   * Makes a store that is down until it is started.
   *
   * @param ttl after which a lease ends that is not renewed
   * @param failOpen whether sessions are admitted while Redis is down
   */
  public RedisLeaseStore(RedisRules redis, Duration ttl, boolean failOpen, HeldLeases held) {
    this(redis, ttl, failOpen, held, PROBE);
  }

  /**
   * @param probe how often Redis is asked though there is nothing to ask
   */
  RedisLeaseStore(
      RedisRules redis, Duration ttl, boolean failOpen, HeldLeases held, Duration probe) {
    this.held = held;
    this.ttl = ttl;
    this.failOpen = failOpen;
    this.place = List.of(redis.nodes(), redis.database(), redis.prefix()).toString();
    this.keeper =
        new LeaseKeeper(
            () ->
                new RedisLeases(
                    RedisConnection.open(redis, THREADS + 1), redis.prefix(), ttl.toMillis(), node),
            held,
            log,
            probe);
    askers.allowCoreThreadTimeOut(true);
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
    if (closed) {
      return CompletableFuture.completedFuture(new Admission.Unavailable("undeployed"));
    }
    return ask(
        lease.provider(),
        store -> acquired(store, lease, limit),
        detail -> without(lease, detail),
        Admission.Unavailable::new);
  }

  private Admission acquired(RedisLeases store, Lease lease, int limit) {
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

  /** Perhaps Redis has counted it, and only the answer was lost. */
  private Admission without(Lease lease, String detail) {
    boolean admitted = failOpen && !closed;
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
    return ask(
        provider,
        store -> {
          int everywhere = store.terminate(provider, session);
          terminateHere(provider, session);
          return everywhere;
        },
        detail -> terminateHere(provider, session),
        detail -> terminateHere(provider, session));
  }

  private int terminateHere(String provider, String session) {
    int here = held.terminate(provider, session);
    keeper.settleSoon();
    return here;
  }

  @Override
  public CompletionStage<Integer> sessions(String provider) {
    return Lease.isId(provider)
        ? ask(provider, store -> store.sessions(provider), detail -> -1, detail -> -1)
        : CompletableFuture.completedFuture(0);
  }

  /**
   * Asks on a thread of the store's.
   *
   * @param without answers when it is down or goes down
   * @param overloaded answers when nobody is there to ask, though it is up
   */
  private <T> CompletionStage<T> ask(
      String provider,
      Function<RedisLeases, T> question,
      Function<String, T> without,
      Function<String, T> overloaded) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    if (keeper.store(provider).isEmpty()) {
      answer.complete(without.apply(keeper.fault(provider)));
      return answer;
    }
    try {
      askers.execute(
          () -> {
            try {
              answer.complete(answered(provider, question, without));
            } catch (Throwable e) { // whoever waits must not wait for good
              answer.complete(overloaded.apply(e.toString()));
            } finally {
              answer.completeExceptionally(new IllegalStateException("no answer"));
            }
          });
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      answer.complete(overloaded.apply(closed ? "closed" : "too many are waiting for it"));
    }
    return answer;
  }

  private <T> T answered(
      String provider, Function<RedisLeases, T> question, Function<String, T> without) {
    Optional<RedisLeases> store = closed ? Optional.empty() : keeper.store(provider);
    if (store.isEmpty()) {
      return without.apply(closed ? "closed" : keeper.fault(provider));
    }
    try {
      return question.apply(store.get());
    } catch (Throwable e) {
      keeper.failed(store.get(), provider, e);
      return without.apply(e.toString());
    }
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
    stopAsking();
    keeper.leave(before);
    keeper.close();
  }

  @Override
  public void close() {
    stopAsking();
    leaveNote(keeper::uncounted);
    keeper.close();
  }

  @Override
  public void end() {
    stopAsking();
    leaveNote(keeper::lastUncounted);
  }

  private void leaveNote(Supplier<Set<Lease>> uncounted) {
    if (noted.compareAndSet(false, true)) {
      held.leaveNote(new Note(place, node, uncounted.get()).text());
    }
  }

  private void stopAsking() {
    closed = true;
    askers.shutdown();
    try {
      if (!askers.awaitTermination(END.toMillis(), TimeUnit.MILLISECONDS)) {
        askers.shutdownNow().forEach(Runnable::run); // each is answered, without the store
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
