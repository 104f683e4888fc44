package dev.culvert.provider.lease.redis;

import dev.culvert.config.RedisRules;
import dev.culvert.provider.lease.Admission;
import dev.culvert.provider.lease.HeldLeases;
import dev.culvert.provider.lease.Lease;
import dev.culvert.provider.lease.LeaseStore;
import dev.culvert.thread.DaemonThreads;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Counts the sessions of all nodes in Redis or Valkey, on threads of its own. While Redis is down
 * every answer is given at once.
 */
public final class RedisLeaseStore implements LeaseStore {

  /** Longest wait of a beginning for the first connection. */
  private static final Duration BEGIN = Duration.ofSeconds(1);

  /** Longest wait of an end for each of: questions under way, releases that are owed. */
  static final Duration END = Duration.ofSeconds(2);

  private static final int THREADS = 4;
  private static final int QUEUE = 1_000;

  private final HeldLeases held;
  private final Duration ttl;
  private final boolean failOpen;
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

  /** Set once. */
  private volatile boolean closed;

  /**
   * Makes a store that is down until it is started.
   *
   * @param ttl after which a lease ends that is not renewed
   * @param failOpen whether sessions are admitted while Redis is down
   */
  public RedisLeaseStore(RedisRules redis, Duration ttl, boolean failOpen, HeldLeases held) {
    this.held = held;
    this.ttl = ttl;
    this.failOpen = failOpen;
    this.keeper =
        new LeaseKeeper(
            () ->
                new RedisLeases(
                    RedisConnection.open(redis, THREADS + 1), redis.prefix(), ttl.toMillis()),
            held,
            log);
    askers.allowCoreThreadTimeOut(true);
  }

  @Override
  public void start() {
    held.keep(true, ttl);
    keeper.start(BEGIN);
  }

  @Override
  public CompletionStage<Admission> acquire(Lease lease, int limit) {
    if (!lease.isValid()) {
      return CompletableFuture.completedFuture(Admission.Unavailable.invalid(lease));
    }
    if (closed) {
      return CompletableFuture.completedFuture(new Admission.Unavailable("undeployed"));
    }
    return ask(store -> acquired(store, lease, limit), detail -> without(lease, detail));
  }

  private Admission acquired(RedisLeases store, Lease lease, int limit) {
    if (!store.acquire(lease, limit)) {
      return new Admission.Full();
    }
    if (!held.acquire(lease, 0)) {
      store.release(List.of(lease));
      return new Admission.Unavailable("undeployed");
    }
    return new Admission.Admitted(lease, true);
  }

  /** Perhaps Redis has counted it, and only the answer was lost. */
  private Admission without(Lease lease, String detail) {
    boolean admitted = failOpen && !closed;
    held.acquire(lease, 0);
    log.acquired(lease, admitted, detail);
    if (admitted) {
      registerWhenUp();
      return new Admission.Admitted(lease, false);
    }
    release(lease);
    return new Admission.Unavailable(detail);
  }

  /** Whoever connects registers all that are held; this one may have come too late for that. */
  private void registerWhenUp() {
    if (up()) {
      keeper.registerSoon();
    }
  }

  @Override
  public void release(Lease lease) {
    held.release(lease);
    keeper.settleSoon();
  }

  @Override
  public CompletionStage<Integer> terminate(String provider, String session) {
    if (!Lease.isId(provider) || !Lease.isId(session)) {
      return CompletableFuture.completedFuture(0);
    }
    return ask(
        store -> {
          int everywhere = store.terminate(provider, session);
          terminateHere(provider, session);
          return everywhere;
        },
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
        ? ask(store -> store.sessions(provider), detail -> -1)
        : CompletableFuture.completedFuture(0);
  }

  /** Asks on a thread of the store's; answers otherwise when it is down or goes down. */
  private <T> CompletionStage<T> ask(
      Function<RedisLeases, T> question, Function<String, T> otherwise) {
    if (!up()) {
      return CompletableFuture.completedFuture(otherwise.apply(keeper.fault()));
    }
    CompletableFuture<T> answer = new CompletableFuture<>();
    try {
      askers.execute(() -> answer.complete(answered(question, otherwise)));
    } catch (RejectedExecutionException e) {
      answer.complete(otherwise.apply(closed ? "closed" : "too many are waiting for it"));
    }
    return answer;
  }

  private <T> T answered(Function<RedisLeases, T> question, Function<String, T> otherwise) {
    Optional<RedisLeases> store = closed ? Optional.empty() : keeper.store();
    if (store.isEmpty()) {
      return otherwise.apply(closed ? "closed" : keeper.fault());
    }
    try {
      return question.apply(store.get());
    } catch (RuntimeException e) {
      keeper.failed(store.get(), e);
      return otherwise.apply(e.toString());
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
    return keeper.store().isPresent();
  }

  /** Closes the store and has it forget all that is held here: another one counts it. */
  public void leave() {
    List<Lease> before = held.renew(); // what ends from now on may be owed to the other one
    end();
    keeper.leave(before);
    keeper.close();
  }

  @Override
  public void close() {
    end();
    keeper.close();
  }

  @Override
  public void end() {
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
