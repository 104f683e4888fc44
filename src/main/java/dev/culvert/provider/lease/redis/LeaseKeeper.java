package dev.culvert.provider.lease.redis;

import dev.culvert.provider.lease.HeldLeases;
import dev.culvert.provider.lease.Lease;
import dev.culvert.thread.DaemonThreads;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * Keeps Redis in step with the leases that are held here: connects, registers what was admitted
 * without it, renews, and tells of what has ended. One thread does all of that, so that a release
 * never comes before the registration or renewal of the same lease. Any thread may call.
 */
final class LeaseKeeper implements AutoCloseable {

  private static final Duration FIRST_RETRY = Duration.ofMillis(500);
  private static final Duration LAST_RETRY = Duration.ofSeconds(4);

  /** A connection that fails sooner is not replaced at once. */
  private static final long STEADY = TimeUnit.SECONDS.toNanos(1);

  private final Supplier<RedisLeases> connector;
  private final HeldLeases held;
  private final OutageLog log;
  private final ScheduledThreadPoolExecutor thread =
      new ScheduledThreadPoolExecutor(
          1,
          DaemonThreads.named("culvert-lease-keeper"),
          new ThreadPoolExecutor.DiscardPolicy()); // nothing is left to do behind the end

  /** Null while the store is down; set by the thread, taken away by whoever finds it broken. */
  private final AtomicReference<RedisLeases> store = new AtomicReference<>();

  private final CountDownLatch triedOnce = new CountDownLatch(1);
  private final AtomicBoolean settling = new AtomicBoolean();
  private final AtomicBoolean registering = new AtomicBoolean();

  private volatile String fault = "not connected yet";
  private volatile long connectedAt;

  /** Set once; a connection that comes later is closed. */
  private volatile boolean closed;

  /** Missing at the last heartbeat; the thread's. */
  private Set<Lease> missing = Set.of();

  /**
   * @param connector waits for the network; throws when there is no connection
   */
  LeaseKeeper(Supplier<RedisLeases> connector, HeldLeases held, OutageLog log) {
    this.connector = connector;
    this.held = held;
    this.log = log;
  }

  /**
   * Begins to connect.
   *
   * @param patience how long to wait for the first try
   */
  void start(Duration patience) {
    thread.execute(() -> connect(FIRST_RETRY));
    try {
      if (!triedOnce.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        log.down(fault);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The store; empty while it is down. */
  Optional<RedisLeases> store() {
    return Optional.ofNullable(store.get());
  }

  /** Why it is down. */
  String fault() {
    return fault;
  }

  /** Takes notice of a fault; of one connection once. */
  void failed(RedisLeases broken, RuntimeException why) {
    if (!store.compareAndSet(broken, null)) {
      return;
    }
    fault = why.toString();
    log.down(fault);
    broken.close();
    boolean steady = System.nanoTime() - connectedAt > STEADY;
    connectIn(steady ? Duration.ZERO : FIRST_RETRY, FIRST_RETRY);
  }

  /**
   * @param next pause behind that try
   */
  private void connectIn(Duration pause, Duration next) {
    Future<?> unused =
        thread.schedule(() -> connect(next), pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** There are leases that the store was not told of. */
  void registerSoon() {
    once(registering, () -> withStore(this::register));
  }

  /** There are releases that the store was not told of. */
  void settleSoon() {
    once(settling, this::settle);
  }

  void heartbeat() {
    thread.execute(
        () -> {
          List<Lease> all = held.renew(); // also while the store is down
          withStore(open -> renew(open, all));
        });
  }

  private void once(AtomicBoolean queued, Runnable task) {
    if (queued.compareAndSet(false, true)) {
      thread.execute(
          () -> {
            queued.set(false);
            task.run();
          });
    }
  }

  private void connect(Duration pause) {
    try {
      open(connector.get());
    } catch (RuntimeException e) {
      retry(e, pause);
      return;
    } finally {
      triedOnce.countDown();
    }
    registerSoon(); // who was admitted uncounted until just now is among the held by then
    settle();
  }

  private void open(RedisLeases fresh) {
    try {
      fresh.check();
      int registered = register(fresh);
      connectedAt = System.nanoTime();
      store.set(fresh);
      log.up(registered);
    } catch (RuntimeException e) {
      fresh.close();
      throw e;
    }
    if (closed && store.compareAndSet(fresh, null)) {
      fresh.close();
    }
  }

  private void retry(RuntimeException why, Duration pause) {
    if (triedOnce.getCount() > 0) {
      log.down(why.toString());
    }
    fault = why.toString();
    Duration doubled = pause.multipliedBy(2);
    connectIn(pause, doubled.compareTo(LAST_RETRY) < 0 ? doubled : LAST_RETRY);
  }

  private interface Talk {
    void with(RedisLeases open);
  }

  /** Returns whether the store was there all the time. */
  private boolean withStore(Talk talk) {
    RedisLeases open = store.get();
    if (open == null) {
      return false;
    }
    try {
      talk.with(open);
      return true;
    } catch (RuntimeException e) {
      failed(open, e);
      return false;
    }
  }

  private int register(RedisLeases open) {
    List<Lease> all = held.renew();
    open.register(all);
    return all.size();
  }

  /**
   * A lease that is missing was terminated or has expired, and stays so. Only the second time is
   * one believed to be: between two heartbeats all that were admitted without the store have been
   * registered.
   */
  private void renew(RedisLeases open, List<Lease> all) {
    Set<Lease> now = open.renew(all);
    Set<Lease> suspects = new HashSet<>(now);
    for (Lease lease : now) {
      if (missing.contains(lease)) {
        log.ended(lease);
        held.release(lease);
        suspects.remove(lease);
      }
    }
    missing = suspects;
  }

  private void settle() {
    List<Lease> owed = held.owed(RedisLeases.BATCH);
    while (!owed.isEmpty()) {
      List<Lease> batch = owed;
      if (!withStore(open -> open.release(batch))) {
        log.released(batch.get(0), fault);
        return;
      }
      held.told(batch);
      owed = held.owed(RedisLeases.BATCH);
    }
  }

  /**
   * Has the store forget all that is held here and was a moment ago, because another one counts.
   */
  void leave(List<Lease> before) {
    finish(
        () ->
            withStore(
                open -> {
                  open.release(before);
                  open.release(held.renew());
                }));
  }

  /** Tells the store what it is owed, for a bounded time; once. */
  @Override
  public void close() {
    finish(this::settle);
    closed = true;
    thread.shutdownNow();
    RedisLeases last = store.getAndSet(null);
    if (last != null) {
      last.close();
    }
  }

  private void finish(Runnable task) {
    try {
      thread.submit(task).get(RedisLeaseStore.END.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
      log.down("cut off at the end: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
