package dev.culvert.provider.lease.redis;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The connection to Redis, or why there is none, and the providers for which it does not answer. A
 * single server that fails is down. Of a cluster that fails for one provider the others go on. Any
 * thread; nothing waits but {@link #tell}, {@link #ask} and the ends of connections.
 */
final class RedisLink {

  /** What is to be done about faults. Any thread; must not wait. */
  interface Repair {
    /** There is no connection any more. */
    void reconnect();

    /** There are providers for which a cluster does not answer. */
    void retry();
  }

  private final OutageLog log;
  private final Repair repair;
  private final FaultyProviders faulty = new FaultyProviders();

  /** Null while Redis is down; put in by the keeper's thread, taken by who finds it broken. */
  private final AtomicReference<RedisLeases> connection = new AtomicReference<>();

  /** Whether Redis has done something for us since it was connected; any thread sets it. */
  private volatile boolean served;

  /** Why Redis is down; of whoever has found out last. */
  private volatile String fault = "not connected yet";

  /** Set once; a connection that comes later is closed. */
  private volatile boolean closed;

  RedisLink(OutageLog log, Repair repair) {
    this.log = log;
    this.repair = repair;
  }

  /** The connection; empty while it is down for a provider. */
  Optional<RedisLeases> to(String provider) {
    return faulty.contains(provider) ? Optional.empty() : connection();
  }

  /** The connection, whomever it answers for. */
  Optional<RedisLeases> connection() {
    return Optional.ofNullable(connection.get());
  }

  /** Whether it answers for all providers. */
  boolean up() {
    return connection.get() != null && faulty.isEmpty();
  }

  /** Why it does not answer for a provider. */
  String fault(String provider) {
    return closed ? "closed" : faulty.fault(provider).orElse(fault);
  }

  /** The providers for which it does not answer. */
  FaultyProviders faulty() {
    return faulty;
  }

  /** Redis has done something. */
  void served() {
    served = true;
  }

  boolean hasServed() {
    return served;
  }

  /**
   * Says something about a provider.
   *
   * @return whether Redis was there for it, and served
   */
  boolean tell(String provider, Consumer<RedisLeases> words) {
    Function<RedisLeases, Boolean> question =
        open -> {
          words.accept(open);
          return true;
        };
    return ask(provider, question).isPresent();
  }

  /**
   * Asks something about a provider.
   *
   * @return empty when Redis was not there for it, or has failed
   */
  <T> Optional<T> ask(String provider, Function<RedisLeases, T> question) {
    RedisLeases open = to(provider).orElse(null);
    if (open == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(question.apply(open));
    } catch (Throwable e) { // an Error, too, must not keep the thread from what is left
      failed(open, provider, e);
      return Optional.empty();
    }
  }

  /** Begins anew with a connection that is about to be put in: all that was known is forgotten. */
  void reset() {
    faulty.clear();
    served = false;
  }

  /** Puts a connection in; one that comes after the end is closed. */
  void connected(RedisLeases fresh) {
    connection.set(fresh);
    if (closed && connection.compareAndSet(fresh, null)) {
      fresh.close();
    }
  }

  /** There is still no connection. */
  void unreachable(Throwable why) {
    fault = why.toString();
    log.down(fault);
  }

  /** Takes notice of a fault; of one connection once, in a cluster once for each provider. */
  void failed(RedisLeases broken, String provider, Throwable why) {
    if (connection.get() != broken) {
      return;
    }
    if (broken.isCluster()) {
      harmed(provider, why);
      repair.retry();
    } else {
      lose(broken, why);
    }
  }

  /** A cluster does not answer for a provider. */
  void harmed(String provider, Throwable why) {
    faulty.add(provider, why.toString());
    log.down("provider " + provider + ": " + why);
  }

  /** Gives a connection up; one that was given up already is no fault. */
  void lose(RedisLeases broken, Throwable why) {
    String detail = why.toString();
    fault = detail; // first: whoever finds it down asks why
    if (connection.compareAndSet(broken, null)) {
      log.down(detail);
      broken.close();
      repair.reconnect();
    }
  }

  /** Ends for good. Idempotent. */
  void close() {
    closed = true;
    RedisLeases last = connection.getAndSet(null);
    if (last != null) {
      last.close();
    }
  }
}
