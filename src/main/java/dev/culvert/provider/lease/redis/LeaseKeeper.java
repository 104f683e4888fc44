package dev.culvert.provider.lease.redis;

import dev.culvert.provider.lease.HeldLeases;
import dev.culvert.provider.lease.Lease;
import dev.culvert.thread.DaemonThreads;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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
import java.util.stream.Collectors;

/**
 * Keeps Redis in step with the leases that are held here: connects, renews, registers what Redis
 * does not count, and tells of what has ended. One thread does all of that, so that a release never
 * comes before the registration or renewal of the same lease. Any thread may call.
 *
 * <p>A single server that fails is down. Of a cluster that fails for one provider the others go on,
 * and only that provider is tried again.
 */
final class LeaseKeeper implements AutoCloseable {

  private static final Duration FIRST_RETRY = Duration.ofMillis(500);
  private static final Duration LAST_RETRY = Duration.ofSeconds(4);

  /** More releases at once than the host's book keeps. */
  private static final int ALL = 1_000_000;

  private final Supplier<RedisLeases> connector;
  private final HeldLeases held;
  private final OutageLog log;
  private final Duration probe;
  private final Registrar registrar;
  private final FaultyProviders faulty = new FaultyProviders();
  private final ScheduledThreadPoolExecutor thread =
      new ScheduledThreadPoolExecutor(
          1,
          DaemonThreads.named("culvert-lease-keeper"),
          new ThreadPoolExecutor.DiscardPolicy()); // nothing is left to do behind the end

  /** Null while the store is down; set by the thread, taken away by whoever finds it broken. */
  private final AtomicReference<RedisLeases> store = new AtomicReference<>();

  /** Providers that have leases, or have had some lately. */
  private final Set<String> inUse = ConcurrentHashMap.newKeySet();

  private final CountDownLatch triedOnce = new CountDownLatch(1);
  private final AtomicBoolean settling = new AtomicBoolean();
  private final AtomicBoolean registering = new AtomicBoolean();
  private final AtomicBoolean retrying = new AtomicBoolean();

  /** Whether Redis has done something for us since it was connected. */
  private volatile boolean served;

  private volatile String fault = "not connected yet";

  /** Set once; a connection that comes later is closed. */
  private volatile boolean closed;

  /** Behind the next failure; the thread's. */
  private Duration pause = FIRST_RETRY;

  /**
   * @param connector waits for the network; throws when there is no connection
   * @param probe how often Redis is asked whether it still knows us
   */
  LeaseKeeper(Supplier<RedisLeases> connector, HeldLeases held, OutageLog log, Duration probe) {
    this.connector = connector;
    this.held = held;
    this.log = log;
    this.probe = probe;
    this.registrar = new Registrar(held, log);
  }

  /**
   * Begins to connect.
   *
   * @param patience how long to wait for the first try
   */
  void start(Duration patience) {
    thread.execute(this::connect);
    long millis = probe.toMillis();
    Future<?> unused =
        thread.scheduleWithFixedDelay(this::probe, millis, millis, TimeUnit.MILLISECONDS);
    try {
      if (!triedOnce.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        log.down(fault);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The store; empty while it is down for a provider. */
  Optional<RedisLeases> store(String provider) {
    return faulty.contains(provider) ? Optional.empty() : Optional.ofNullable(store.get());
  }

  /** Whether it answers for all providers. */
  boolean up() {
    return store.get() != null && faulty.isEmpty();
  }

  /** Why it is down. */
  String fault(String provider) {
    return faulty.fault(provider).orElse(fault);
  }

  /** Redis has counted a lease; it need not know all others of this node. */
  void counted(Lease lease, boolean known) {
    served = true;
    inUse.add(lease.provider());
    if (!known) {
      registerSoon();
    }
  }

  /** A lease is held that Redis does not count. */
  void uncounted(Lease lease) {
    registrar.uncounted(lease);
    if (store(lease.provider()).isPresent()) {
      registerSoon(); // whoever connects registers all; this one may have come too late for that
    }
  }

  /** A lease is not held any more. */
  void released(Lease lease) {
    registrar.released(lease);
    settleSoon();
  }

  /** Takes notice of a fault; of one connection once, in a cluster once for each provider. */
  void failed(RedisLeases broken, String provider, Throwable why) {
    if (store.get() != broken) {
      return;
    }
    if (broken.isCluster()) {
      faulty.add(provider, why.toString());
      log.down("provider " + provider + ": " + why);
      retrySoon();
    } else {
      lose(broken, why);
    }
  }

  private void lose(RedisLeases broken, Throwable why) {
    String detail = why.toString();
    fault = detail; // first: whoever finds the store down asks why
    if (store.compareAndSet(broken, null)) {
      log.down(detail);
      broken.close();
      thread.execute(this::reconnect);
    }
  }

  private void reconnect() {
    if (served) {
      connect();
    } else {
      later(this::connect);
    }
  }

  private void later(Runnable task) {
    Duration wait = pause;
    Duration doubled = wait.multipliedBy(2);
    pause = doubled.compareTo(LAST_RETRY) < 0 ? doubled : LAST_RETRY;
    Future<?> unused = thread.schedule(task, wait.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void registerSoon() {
    once(registering, () -> tellAll(registrar::tell));
  }

  /** There are releases that the store was not told of. */
  void settleSoon() {
    once(settling, this::settle);
  }

  private void retrySoon() {
    if (retrying.compareAndSet(false, true)) {
      thread.execute(() -> later(this::retry));
    }
  }

  void heartbeat() {
    thread.execute(() -> tellAll(registrar::heartbeat));
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

  /** Errors, too, are no reason not to try again. */
  private void connect() {
    try {
      open(connector.get());
    } catch (Throwable e) {
      fault = e.toString();
      log.down(fault);
      later(this::connect);
      return;
    } finally {
      triedOnce.countDown();
    }
    registerSoon(); // who was admitted uncounted until just now has been called so by then
    settle();
  }

  private void open(RedisLeases fresh) {
    try {
      fresh.check();
      faulty.clear();
      served = false;
      int count = registerAll(fresh);
      store.set(fresh);
      recovered(count);
    } catch (Throwable e) {
      fresh.close();
      throw e;
    }
    if (closed && store.compareAndSet(fresh, null)) {
      fresh.close();
    }
  }

  private int registerAll(RedisLeases fresh) {
    int count = 0;
    for (Map.Entry<String, List<Lease>> of : registrar.held().entrySet()) {
      try {
        registrar.tell(fresh, of.getKey(), of.getValue());
        count += of.getValue().size();
      } catch (RuntimeException e) {
        if (!fresh.isCluster()) {
          throw e;
        }
        faulty.add(of.getKey(), e.toString());
        log.down("provider " + of.getKey() + ": " + e);
      }
    }
    return count;
  }

  private void recovered(int count) {
    if (faulty.isEmpty()) {
      log.up(count);
    } else {
      retrySoon();
    }
  }

  /** Tries providers that failed, until one fails again. */
  private void retry() {
    retrying.set(false);
    RedisLeases open = store.get();
    if (open == null || faulty.isEmpty()) {
      return;
    }
    Map<String, List<Lease>> all = registrar.held();
    boolean recovered = false;
    for (String provider : faulty.inOrder()) {
      try {
        registrar.tell(open, provider, all.getOrDefault(provider, List.of()));
        faulty.remove(provider);
        recovered = true;
      } catch (Throwable e) {
        faulty.add(provider, e.toString());
        log.down("provider " + provider + ": " + e);
        break;
      }
    }
    if (faulty.isEmpty()) {
      pause = FIRST_RETRY;
    } else if (!answers(open)) {
      return;
    }
    recovered(all.values().stream().mapToInt(List::size).sum());
    if (recovered) {
      registerSoon(); // who was admitted uncounted until just now
      settleSoon();
    }
  }

  /** A cluster none of whose parts answers is looked for anew: perhaps it has moved. */
  private boolean answers(RedisLeases cluster) {
    try {
      cluster.check();
      return true;
    } catch (Throwable e) {
      lose(cluster, e);
      return false;
    }
  }

  /** What is said of the leases of one provider. */
  private interface Talk {
    void about(RedisLeases open, String provider, List<Lease> leases);
  }

  /**
   * The book's leases are renewed while the store is down, too. A provider whose leases have all
   * ended meanwhile is told that there are none, and so knows this node when the next one comes.
   */
  private void tellAll(Talk talk) {
    Map<String, List<Lease>> all = new HashMap<>();
    inUse.forEach(provider -> all.put(provider, List.of()));
    Map<String, List<Lease>> now = registrar.held();
    inUse.retainAll(now.keySet());
    inUse.addAll(now.keySet());
    all.putAll(now);
    all.forEach(
        (provider, leases) -> {
          if (about(provider, leases, talk)) {
            served = true;
          }
        });
    if (served && up()) {
      pause = FIRST_RETRY;
    }
  }

  /** Returns whether the store was there for the provider, and served. */
  private boolean about(String provider, List<Lease> leases, Talk talk) {
    RedisLeases open = store(provider).orElse(null);
    if (open == null) {
      return false;
    }
    try {
      talk.about(open, provider, leases);
      return true;
    } catch (Throwable e) {
      failed(open, provider, e);
      return false;
    }
  }

  /** An outage, and a Redis that came back empty, are noticed though nobody asks for anything. */
  private void probe() {
    List<String> providers = inUse.isEmpty() ? List.of(RedisLeases.NOBODY) : List.copyOf(inUse);
    providers.forEach(provider -> about(provider, List.of(), this::probe));
  }

  private void probe(RedisLeases open, String provider, List<Lease> none) {
    if (!open.knowsUs(provider) && inUse.contains(provider)) {
      registerSoon();
    }
  }

  private void settle() {
    int most = RedisLeases.BATCH;
    while (true) {
      List<Lease> owed = held.owed(most);
      Set<Lease> told = release(owed);
      held.told(told);
      if (told.size() < owed.size()) {
        owed.stream()
            .filter(lease -> !told.contains(lease))
            .findFirst()
            .ifPresent(waiting -> log.released(waiting, fault(waiting.provider())));
      }
      if (owed.size() < most || store.get() == null) {
        return;
      }
      most = told.isEmpty() ? ALL : RedisLeases.BATCH; // behind those that have to wait
    }
  }

  /** Returns those of which the store was told. */
  private Set<Lease> release(List<Lease> leases) {
    Set<Lease> told = new HashSet<>();
    leases.stream()
        .collect(Collectors.groupingBy(Lease::provider))
        .forEach(
            (provider, its) -> {
              if (about(provider, its, RedisLeases::release)) {
                told.addAll(its);
              }
            });
    return told;
  }

  /** Leases that the store does not count though they are held. */
  Set<Lease> uncounted() {
    return registrar.uncounted();
  }

  /**
   * As {@link #uncounted}, at the end of the deployment: nobody is admitted any more, by no store,
   * so that what is missing in this one has been ended there, and is dropped.
   */
  Set<Lease> lastUncounted() {
    finish(() -> tellAll(registrar::last));
    return registrar.uncounted();
  }

  /**
   * Has the store forget all that is held here and was a moment ago, because another one counts.
   */
  void leave(List<Lease> before) {
    finish(
        () -> {
          release(before);
          release(held.renew());
        });
  }

  /** Tells the store what it is owed, for a bounded time; once. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    finish(this::settle);
    fault = "closed";
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
