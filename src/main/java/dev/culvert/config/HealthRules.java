package dev.culvert.config;

import java.time.Duration;
import java.util.Optional;

/**
 * How an upstream is asked whether it is well.
 *
 * @param path target that is asked for; empty = the one of the URL
 * @param interval between two checks; zero = no checks
 * @param timeout of one check, above zero
 * @param passes successes in a row that make it well again
 * @param fails failures in a row that make it unwell
 */
public record HealthRules(
    Optional<String> path, Duration interval, Duration timeout, int passes, int fails) {

  /** What holds unless said otherwise: no checks. */
  public static final HealthRules NONE =
      new HealthRules(Optional.empty(), Duration.ZERO, Duration.ofSeconds(5), 2, 3);
}
