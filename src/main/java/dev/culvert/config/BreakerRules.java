package dev.culvert.config;

import java.time.Duration;

/**
 * When an upstream that fails is left alone.
 *
 * @param failures in a row that open the circuit
 * @param open how long it stays open the first time; doubles each time it opens again
 * @param maxOpen longest time that it stays open, also when the upstream asks for more
 * @param probes attempts at once while it is half-open
 * @param successes in a row that close it
 */
public record BreakerRules(
    int failures, Duration open, Duration maxOpen, int probes, int successes) {

  /** What holds unless said otherwise. */
  public static final BreakerRules DEFAULTS =
      new BreakerRules(5, Duration.ofSeconds(30), Duration.ofMinutes(10), 1, 2);
}
