package dev.culvert.provider;

import dev.culvert.config.BreakerRules;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;

/**
 * The circuit of one provider. So many failures in a row open it; after a time that doubles with
 * each opening it lets probes through, some of which must succeed one after the other to close it,
 * and one of which opens it again by failing. A probe that tells nothing for too long keeps nobody
 * else out any more. Any thread; methods are short.
 */
final class Circuit {

  /** Bounds for how long a probe keeps others out; between them it is the time of one opening. */
  private static final Duration LEAST_PROBE = Duration.ofSeconds(1);

  private static final Duration LONGEST_PROBE = Duration.ofMinutes(1);

  /** When to come again while probes are under way: most tell soon, one way or the other. */
  private static final Duration SOON = Duration.ofSeconds(5);

  private final BreakerRules rules;
  private final Clock clock;
  private final CircuitBreaker breaker;

  // Guarded by this.
  private Instant openUntil = Instant.MIN;
  private Duration openFor = Duration.ZERO;

  /** How often it has opened since it was closed. */
  private int openings;

  /** Those of them that an earlier circuit had, and how long that one was to stay open yet. */
  private int former;

  private Optional<Duration> left = Optional.empty();

  /** Probes that keep others out, those that have done so for the longest time first. */
  private final Set<Permit> probing = new LinkedHashSet<>();

  private int passed;

  /** Number of the time since its state changed last. */
  private long period;

  /**
   * @param clock in nanoseconds
   * @param listener told of each change with the time that it stays open; called under the lock, so
   *     it must be short
   */
  Circuit(
      String provider,
      BreakerRules rules,
      LongSupplier clock,
      BiConsumer<CircuitState, Duration> listener) {
    this.rules = rules;
    this.clock = new NanoClock(clock);
    this.breaker =
        CircuitBreaker.of(
            provider,
            CircuitBreakerConfig.custom()
                .slidingWindowType(CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                .slidingWindowSize(rules.failures())
                .minimumNumberOfCalls(rules.failures())
                .failureRateThreshold(100)
                .recordResult(Boolean.FALSE::equals)
                // of the library, for probes under way and those that have passed
                .permittedNumberOfCallsInHalfOpenState(rules.probes() + rules.successes())
                .waitIntervalFunctionInOpenState(this::opening)
                .clock(this.clock)
                .writableStackTraceEnabled(false)
                .build());
    breaker
        .getEventPublisher()
        .onStateTransition(
            event -> {
              period++;
              probing.clear();
              passed = 0;
              CircuitState state = state();
              listener.accept(state, state == CircuitState.OPEN ? openFor : Duration.ZERO);
            });
  }

  /**
   * One attempt that was let through. It may be answered, and is settled once; what comes after
   * that has no effect.
   */
  final class Permit {

    /** In which it was let through. */
    private final long since;

    /** How long it keeps others out, as a probe. */
    private final Instant until;

    // Guarded by the circuit.
    private boolean answered;
    private boolean settled;

    private Permit(long since, Instant until) {
      this.since = since;
      this.until = until;
    }

    /** The provider answers, which counts; it may fail yet, which counts, too. */
    void answered() {
      answer(this);
    }

    /** The provider served. */
    void succeeded() {
      answer(this);
      settle(this, () -> {});
    }

    /** The provider is to blame. */
    void failed() {
      settle(this, Circuit.this::countFailure);
    }

    /** Nothing is known of the provider, or no more than that it answered. */
    void release() {
      settle(this, () -> giveBack(this));
    }
  }

  CircuitState state() {
    return switch (breaker.getState()) {
      case OPEN, FORCED_OPEN -> CircuitState.OPEN;
      case HALF_OPEN -> CircuitState.HALF_OPEN;
      case CLOSED, DISABLED, METRICS_ONLY -> CircuitState.CLOSED;
    };
  }

  /** Whether {@link #enter} would let an attempt through now. */
  synchronized boolean lets() {
    return switch (state()) {
      case CLOSED -> true;
      case HALF_OPEN -> keepingOut() < rules.probes();
      case OPEN -> !clock.instant().isBefore(openUntil);
    };
  }

  /** How long it stays open yet; zero when it does not. */
  synchronized Duration remaining() {
    Duration left = Duration.between(clock.instant(), openUntil);
    return state() == CircuitState.OPEN && !left.isNegative() ? left : Duration.ZERO;
  }

  /** When to come again while {@link #lets} says no; zero when it does not. */
  synchronized Duration retryAfter() {
    if (state() != CircuitState.HALF_OPEN || lets()) {
      return remaining();
    }
    Duration first = Duration.between(clock.instant(), probing.iterator().next().until);
    return first.compareTo(SOON) < 0 ? first : SOON;
  }

  /** How often it has opened since it was closed; 0 for one that is. */
  synchronized int openings() {
    return state() == CircuitState.CLOSED ? 0 : openings;
  }

  /**
   * Goes on where another circuit of the provider was; for one that has not been used.
   *
   * @param opened how often that one had opened since it was closed, at least 1
   * @param yet how long it was to stay open
   */
  synchronized void resume(int opened, Duration yet) {
    former = opened - 1;
    left = Optional.of(yet);
    breaker.transitionToOpenState();
    left = Optional.empty();
  }

  /** Lets an attempt through; empty when it does not. */
  synchronized Optional<Permit> enter() {
    if (!lets()) {
      return Optional.empty();
    }
    if (state() == CircuitState.OPEN) {
      breaker.transitionToHalfOpenState();
    }
    if (!breaker.tryAcquirePermission()) {
      return Optional.empty();
    }
    Permit permit = new Permit(period, clock.instant().plus(probeTime()));
    if (state() == CircuitState.HALF_OPEN) {
      probing.add(permit);
    }
    return Optional.of(permit);
  }

  private Duration probeTime() {
    Duration time = rules.open().compareTo(LEAST_PROBE) < 0 ? LEAST_PROBE : rules.open();
    return time.compareTo(LONGEST_PROBE) > 0 ? LONGEST_PROBE : time;
  }

  /** How many probes; none of those that have told nothing in time, which may tell it yet. */
  private int keepingOut() {
    Instant now = clock.instant();
    for (Permit probe : List.copyOf(probing)) {
      if (!now.isBefore(probe.until)) {
        giveBack(probe);
      }
    }
    return probing.size();
  }

  /** Called when it opens, for the n-th time since it was made or closed; milliseconds. */
  private Long opening(Integer n) {
    openings = former + n;
    openFor = left.orElseGet(this::openTime);
    openUntil = clock.instant().plus(openFor);
    return Math.max(1, openFor.toMillis());
  }

  private Duration openTime() {
    Duration time = rules.open();
    for (int i = 1; i < openings && time.compareTo(rules.maxOpen()) < 0; i++) {
      time = time.multipliedBy(2);
    }
    return time.compareTo(rules.maxOpen()) > 0 ? rules.maxOpen() : time;
  }

  private synchronized void answer(Permit permit) {
    if (permit.settled || permit.answered) {
      return;
    }
    if (isCurrent(permit)) {
      probing.remove(permit);
      countSuccess();
    }
    permit.answered = true;
  }

  private synchronized void settle(Permit permit, Runnable effect) {
    if (permit.settled) {
      return;
    }
    permit.settled = true;
    if (isCurrent(permit)) {
      effect.run();
    }
  }

  /** What was let through before the state changed says nothing about this one. */
  private boolean isCurrent(Permit permit) {
    return permit.since == period;
  }

  /** Lets another probe through; one that has answered has made room already. */
  private void giveBack(Permit probe) {
    if (probing.remove(probe)) {
      breaker.releasePermission();
    }
  }

  private void countSuccess() {
    if (state() == CircuitState.CLOSED) {
      breaker.onResult(0, TimeUnit.NANOSECONDS, true);
    } else if (++passed >= rules.successes()) {
      former = 0;
      breaker.transitionToClosedState();
    }
  }

  private void countFailure() {
    if (state() == CircuitState.CLOSED) {
      breaker.onResult(0, TimeUnit.NANOSECONDS, false);
    } else {
      breaker.transitionToOpenState(); // the library would wait for the other probes
    }
  }
}
