package dev.culvert.config;

import java.time.Duration;

/**
 * How often a request is tried.
 *
 * @param count tries of the same upstream beside the first one
 * @param backoff upper bound of the random pause before the first of them; it doubles
 * @param attempts tries of one request over all upstreams, hedges included, above zero
 */
public record RetryRules(int count, Duration backoff, int attempts) {

  /** What holds unless said otherwise. */
  public static final RetryRules DEFAULTS = new RetryRules(1, Duration.ofMillis(100), 6);
}
