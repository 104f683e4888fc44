package dev.culvert.provider;

import dev.culvert.config.Upstream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;

/**
 * An upstream and what is known of it. It stays the same over changes of the configuration, as long
 * as there is an upstream of its name. Any thread.
 */
final class Provider {

  /** Why a provider takes no attempt. */
  enum Bar {
    GONE("removed"),
    DISABLED("disabled"),
    DRAINING("draining"),
    GROUP("not for the caller's groups"),
    STRANGE("without what the request continues"),
    TRIED("tried"),
    UNWELL("unwell"),
    OPEN("circuit open"),
    RESTING("resting"),
    FULL("full");

    private final String text;

    Bar(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  private final String name;
  private final LongSupplier clock;
  private final ToIntFunction<String> streams;
  private final ProviderEvents events;

  // Replaced by configure, one at a time.
  private volatile Upstream upstream;
  private volatile Circuit circuit;
  private volatile Health health;

  /** Whether the configuration has it no more; requests under way may still know it. */
  private volatile boolean gone;

  /** What an operator said; until the configuration says something else than then. */
  private volatile Order order = Order.NONE;

  /** Attempts that are under way and have not become streams. */
  private final AtomicInteger underWay = new AtomicInteger();

  /** In nanoseconds of the clock; guarded by this. */
  private long restUntil;

  /** What operators may say. */
  enum Order {
    NONE,
    ENABLE,
    DISABLE,
    DRAIN
  }

  /**
   * @param clock in nanoseconds
   * @param streams how many streams a provider carries
   */
  Provider(
      Upstream upstream, LongSupplier clock, ToIntFunction<String> streams, ProviderEvents events) {
    this.name = upstream.name();
    this.clock = clock;
    this.streams = streams;
    this.events = events;
    this.upstream = upstream;
    this.circuit = newCircuit(upstream);
    this.health = new Health(upstream.health());
    this.restUntil = clock.getAsLong();
  }

  private Circuit newCircuit(Upstream of) {
    return new Circuit(
        name, of.breaker(), clock, (state, open) -> events.circuit(name, state, open));
  }

  /** Puts a configuration into force; what it says nothing new about stays. */
  void configure(Upstream next) {
    Upstream before = upstream;
    upstream = next;
    if (before.enabled() != next.enabled()) {
      order = Order.NONE;
    }
    if (!before.breaker().equals(next.breaker())) {
      circuit = newCircuit(next);
    }
    if (!before.health().equals(next.health()) || !before.addresses().equals(next.addresses())) {
      health = new Health(next.health(), health);
    }
  }

  /** The configuration has it no more, nor will it have this one again. */
  void remove() {
    gone = true;
  }

  void order(Order next) {
    order = next;
  }

  Order order() {
    return order;
  }

  String name() {
    return name;
  }

  Upstream upstream() {
    return upstream;
  }

  Circuit circuit() {
    return circuit;
  }

  Health health() {
    return health;
  }

  /** Whether it may be asked, as far as the configuration and operators say. */
  boolean isEnabled() {
    if (gone) {
      return false;
    }
    return switch (order) {
      case NONE -> upstream.enabled();
      case ENABLE, DRAIN -> true;
      case DISABLE -> false;
    };
  }

  boolean isDraining() {
    return order == Order.DRAIN;
  }

  /** Streams, turns and exchanges that it carries. */
  int streams() {
    return underWay.get() + streams.applyAsInt(name);
  }

  /**
   * Why it takes no attempt now; empty when it takes one.
   *
   * @param bound whether the attempt's session is bound to it
   */
  Optional<Bar> bar(boolean bound) {
    if (gone) {
      return Optional.of(Bar.GONE);
    }
    if (!isEnabled()) {
      return Optional.of(Bar.DISABLED);
    }
    if (isDraining() && !bound) {
      return Optional.of(Bar.DRAINING);
    }
    if (!health.isWell()) {
      return Optional.of(Bar.UNWELL);
    }
    if (!circuit.lets()) {
      return Optional.of(Bar.OPEN);
    }
    if (!rest().isZero()) {
      return Optional.of(Bar.RESTING);
    }
    return isFull(underWay.get()) ? Optional.of(Bar.FULL) : Optional.empty();
  }

  private boolean isFull(int under) {
    int most = upstream.maxStreams();
    return most > 0 && under + streams.applyAsInt(name) >= most;
  }

  /**
   * Takes a place for an attempt, to be given back by {@link #leave}; false when it is full. One at
   * a time: an attempt that becomes a stream is looked for here first and there afterwards, so that
   * it may count twice but is never missed.
   */
  synchronized boolean join() {
    if (isFull(underWay.get())) {
      return false;
    }
    underWay.incrementAndGet();
    return true;
  }

  /** Gives a place back. */
  void leave() {
    underWay.decrementAndGet();
  }

  /** It asked to be left alone for some time, which is cut to the longest open time. */
  synchronized void rest(Duration asked) {
    Duration longest = upstream.breaker().maxOpen();
    Duration rest = asked.compareTo(longest) > 0 ? longest : asked;
    long until = clock.getAsLong() + rest.toNanos();
    if (until - restUntil > 0) {
      restUntil = until;
    }
  }

  /** How long it is left alone yet; zero when it is not. */
  synchronized Duration rest() {
    return Duration.ofNanos(Math.max(0, restUntil - clock.getAsLong()));
  }

  /** Whether it can be asked once more right after a failure. */
  boolean bearsRetry() {
    return !gone && circuit.lets() && rest().isZero();
  }

  /** When it may be open again, as far as that is known; zero when it is not. */
  Duration closedFor() {
    Duration open = circuit.retryAfter();
    Duration rest = rest();
    return open.compareTo(rest) > 0 ? open : rest;
  }
}
