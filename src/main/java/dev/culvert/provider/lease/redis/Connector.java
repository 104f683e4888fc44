package dev.culvert.provider.lease.redis;

import dev.culvert.provider.lease.Lease;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Connects to Redis, again and again while that fails, and asks again for the providers for which a
 * cluster does not answer. Whoever is back is told first of the leases that are held. The keeper's
 * thread, but for what says otherwise.
 */
final class Connector {

  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LAST_PAUSE = Duration.ofSeconds(4);

  private final Supplier<RedisLeases> source;
  private final RedisLink link;
  private final Registrar registrar;
  private final OutageLog log;
  private final KeeperThread thread;
  private final Runnable recovered;
  private final CountDownLatch triedOnce = new CountDownLatch(1);

  /** Whether another try for providers is queued; any thread. */
  private final AtomicBoolean retrying = new AtomicBoolean();

  /** After the next failure; the thread's. */
  private Duration pause = FIRST_PAUSE;

  /**
   * @param source waits for the network; throws when there is no connection
   * @param recovered called when Redis is back, for one provider at least
   */
  Connector(
      Supplier<RedisLeases> source,
      RedisLink link,
      Registrar registrar,
      OutageLog log,
      KeeperThread thread,
      Runnable recovered) {
    this.source = source;
    this.link = link;
    this.registrar = registrar;
    this.log = log;
    this.thread = thread;
    this.recovered = recovered;
  }

  /** Waits until a connection was tried; returns whether one was. Any thread. */
  boolean awaitFirstTry(Duration patience) throws InterruptedException {
    return triedOnce.await(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Errors, too, are no reason not to try again. */
  void connect() {
    try {
      open(source.get());
    } catch (Throwable e) {
      link.unreachable(e);
      later(this::connect);
      return;
    } finally {
      triedOnce.countDown();
    }
    recovered.run(); // who was admitted uncounted until just now has been called so by then
  }

  private void open(RedisLeases fresh) {
    try {
      fresh.check();
      link.reset();
      int count = registerAll(fresh);
      link.connected(fresh);
      tellOfRecovery(count);
    } catch (Throwable e) {
      fresh.close();
      throw e;
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
        link.harmed(of.getKey(), e);
      }
    }
    return count;
  }

  private void tellOfRecovery(int count) {
    if (link.faulty().isEmpty()) {
      log.up(count);
    } else {
      retrySoon();
    }
  }

  /** At once where the lost connection has been of use: others are tried after a pause. */
  void reconnect() {
    if (link.hasServed()) {
      connect();
    } else {
      later(this::connect);
    }
  }

  private void later(Runnable task) {
    Duration wait = pause;
    Duration doubled = wait.multipliedBy(2);
    pause = doubled.compareTo(LAST_PAUSE) < 0 ? doubled : LAST_PAUSE;
    thread.after(wait, task);
  }

  /** Redis has served: pauses begin anew. */
  void rested() {
    if (link.hasServed() && link.up()) {
      pause = FIRST_PAUSE;
    }
  }

  /** Providers for which a cluster does not answer are asked for after a pause. Any thread. */
  void retrySoon() {
    if (retrying.compareAndSet(false, true)) {
      thread.execute(() -> later(this::retry));
    }
  }

  /** Tries providers that failed, until one fails again. */
  private void retry() {
    retrying.set(false);
    RedisLeases open = link.connection().orElse(null);
    if (open == null || link.faulty().isEmpty()) {
      return;
    }
    Map<String, List<Lease>> all = registrar.held();
    boolean any = retry(open, all);
    if (link.faulty().isEmpty()) {
      pause = FIRST_PAUSE;
    } else if (!answers(open)) {
      return;
    }
    tellOfRecovery(all.values().stream().mapToInt(List::size).sum());
    if (any) {
      recovered.run(); // who was admitted uncounted until just now
    }
  }

  /** Returns whether the cluster answers for one of them. */
  private boolean retry(RedisLeases open, Map<String, List<Lease>> all) {
    boolean any = false;
    for (String provider : link.faulty().inOrder()) {
      try {
        registrar.tell(open, provider, all.getOrDefault(provider, List.of()));
        link.faulty().remove(provider);
        any = true;
      } catch (Throwable e) {
        link.harmed(provider, e);
        break;
      }
    }
    return any;
  }

  /** A cluster none of whose parts answers is looked for anew: perhaps it has moved. */
  private boolean answers(RedisLeases cluster) {
    try {
      cluster.check();
      return true;
    } catch (Throwable e) {
      link.lose(cluster, e);
      return false;
    }
  }
}
