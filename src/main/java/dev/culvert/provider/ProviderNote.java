package dev.culvert.provider;

import dev.culvert.config.Upstream;
import java.time.Duration;
import java.util.Optional;

/**
 * What outlives a deployment of what it knows of a provider.
 *
 * @param provider name of the upstream
 * @param order what an operator said
 * @param enabled what the configuration said then
 * @param restUntil time until which it is left alone, in nanoseconds of a clock that the next
 *     deployment has, too
 * @param openings how often its circuit has opened since it was closed; 0 = it is closed
 * @param openUntil time until which the circuit stays open, on the same clock
 * @param breaker rules of the circuit
 */
record ProviderNote(
    String provider,
    Provider.Order order,
    boolean enabled,
    long restUntil,
    int openings,
    long openUntil,
    String breaker) {

  private static final int PARTS = 7;

  /** What there is to be said of a provider at a time; empty when it is as a new one. */
  static Optional<ProviderNote> of(Provider provider, long now) {
    Circuit circuit = provider.circuit();
    Duration rest = provider.rest();
    int openings = circuit.openings();
    if (provider.order() == Provider.Order.NONE && rest.isZero() && openings == 0) {
      return Optional.empty();
    }
    Upstream upstream = provider.upstream();
    return Optional.of(
        new ProviderNote(
            provider.name(),
            provider.order(),
            upstream.enabled(),
            now + rest.toNanos(),
            openings,
            now + circuit.remaining().toNanos(),
            upstream.breaker().toString()));
  }

  /** Tells a new provider, as far as its configuration has not changed since. */
  void tell(Provider provider, long now) {
    Upstream upstream = provider.upstream();
    if (enabled == upstream.enabled()) {
      provider.order(order);
    }
    provider.rest(left(restUntil, now));
    if (openings > 0 && breaker.equals(upstream.breaker().toString())) {
      provider.circuit().resume(openings, left(openUntil, now));
    }
  }

  private static Duration left(long until, long now) {
    return Duration.ofNanos(Math.max(0, until - now));
  }

  /** In one line, to be read by {@link #parse}. */
  String text() {
    return String.join(
        " ",
        provider,
        order.name(),
        Boolean.toString(enabled),
        Long.toString(restUntil),
        Integer.toString(openings),
        Long.toString(openUntil),
        breaker);
  }

  /** Reads a line; empty when it is none of this version's. */
  static Optional<ProviderNote> parse(String line) {
    String[] parts = line.split(" ", PARTS);
    if (parts.length != PARTS) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new ProviderNote(
              parts[0],
              Provider.Order.valueOf(parts[1]),
              Boolean.parseBoolean(parts[2]),
              Long.parseLong(parts[3]),
              Integer.parseInt(parts[4]),
              Long.parseLong(parts[5]),
              parts[6]));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
