package dev.culvert.provider.lease.redis;

import dev.culvert.provider.lease.HeldLeases;
import dev.culvert.provider.lease.Lease;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Keeps Redis in step with the leases that are held here: connects, renews, registers what Redis
 * does not count, and tells of what has ended. One thread does all of that, so that a release never
 * comes before the registration or renewal of the same lease. Any thread may call.
 */
final class LeaseKeeper implements AutoCloseable, RedisLink.Repair {

  private final HeldLeases held;
  private final OutageLog log;
  private final Duration probe;
  private final Unsent unsent = new Unsent();
  private final Registrar registrar;
  private final KeeperThread thread = new KeeperThread();
  private final RedisLink link;
  private final Connector connector;
  private final ProviderRounds rounds;
  private final Releases releases;
  private final Runnable registerSoon = thread.once(this::register);
  private final Runnable settleSoon = thread.once(this::settle);

  /** Set once: until then the store before this one may tell Redis of whatever is held. */
  private volatile boolean started;

  /** Set once, by {@link #close}. */
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * @param source of connections; waits for the network, and throws when there is none
   * @param probe how often Redis is asked whether it still knows us
   */
  LeaseKeeper(Supplier<RedisLeases> source, HeldLeases held, OutageLog log, Duration probe) {
    this.held = held;
    this.log = log;
    this.probe = probe;
    this.registrar = new Registrar(held, unsent, log);
    this.link = new RedisLink(log, this);
    this.connector = new Connector(source, link, registrar, log, thread, this::recovered);
    this.rounds = new ProviderRounds(link, registrar);
    this.releases = new Releases(link, held, unsent, log);
  }

  /**
   * Begins to connect.
   *
   * @param patience how long to wait for the first try
   */
  void start(Duration patience) {
    started = true;
    thread.execute(connector::connect);
    thread.every(probe, this::probe);
    try {
      boolean unused = connector.awaitFirstTry(patience); // what has come of it is told by then
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The store; empty while it is down for a provider. */
  Optional<RedisLeases> store(String provider) {
    return link.to(provider);
  }

  /** Whether it answers for all providers. */
  boolean up() {
    return link.up();
  }

  /** Why it is down. */
  String fault(String provider) {
    return link.fault(provider);
  }

  /** Takes notice of a fault; of one connection once, in a cluster once for each provider. */
  void failed(RedisLeases broken, String provider, Throwable why) {
    link.failed(broken, provider, why);
  }

  /**
   * Redis has counted a lease; it need not know all others of this node, or for long enough, since
   * those of an idle provider are not renewed.
   */
  void counted(Lease lease, boolean known) {
    link.served();
    boolean first = rounds.use(lease.provider());
    if (!known || first) {
      registerSoon.run();
    }
  }

  /** A lease is going to be held of which Redis was not told. */
  void unsent(Lease lease) {
    if (started) {
      unsent.add(lease);
    }
  }

  /** Redis is about to be asked for a place for a lease. */
  void sending(Lease lease) {
    unsent.sending(lease);
  }

  /** A lease is held that Redis does not count. */
  void uncounted(Lease lease) {
    registrar.uncounted(lease);
    if (link.to(lease.provider()).isPresent()) {
      registerSoon.run(); // who connects registers all; this one may have come too late for that
    }
  }

  /** A lease is not held any more. */
  void released(Lease lease) {
    registrar.released(lease);
    releases.ended(lease);
    settleSoon();
  }

  /** There are releases that the store was not told of. */
  void settleSoon() {
    settleSoon.run();
  }

  void heartbeat() {
    thread.execute(
        () -> {
          rounds.heartbeat();
          connector.rested();
        });
  }

  @Override
  public void reconnect() {
    thread.execute(connector::reconnect);
  }

  @Override
  public void retry() {
    connector.retrySoon();
  }

  private void recovered() {
    registerSoon.run();
    settleSoon.run();
  }

  private void register() {
    rounds.register();
    connector.rested();
  }

  private void settle() {
    releases.settle();
  }

  /** An outage, and a Redis that came back empty, are noticed though nobody asks for anything. */
  private void probe() {
    link.connection().ifPresent(RedisLeases::closeIdle);
    releases.settleAfterFaulty();
    if (rounds.isForgotten()) {
      registerSoon.run();
    }
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
    finish(rounds::last);
    return registrar.uncounted();
  }

  /**
   * Has the store forget all that is held here and was a moment ago, because another one counts.
   */
  void leave(List<Lease> before) {
    finish(
        () -> {
          releases.tell(before);
          releases.tell(held.renew());
        });
  }

  /** Tells the store what it is owed, for a bounded time; once. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      finish(releases::settleAll);
      thread.close();
      link.close();
    }
  }

  private void finish(Runnable task) {
    try {
      thread.finish(task, RedisLeaseStore.END);
    } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
      log.down("cut off at the end: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
