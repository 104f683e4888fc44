package dev.culvert.config;

import java.time.Duration;
import java.util.Set;

/**
 * How often a request is tried.
 *
 * @param count tries of the same upstream beside the first one
 * @param backoff upper bound of the random pause before the first of them; it doubles
 * @param attempts tries of one request over all upstreams, hedges included, above zero
 * @param methods of requests in mode {@link Route.Mode#HTTP} that may be done twice
 */
public record RetryRules(int count, Duration backoff, int attempts, Set<String> methods) {

  /** What holds unless said otherwise; the methods are those of RFC 9110 section 9.2.2. */
  public static final RetryRules DEFAULTS =
      new RetryRules(
          1, Duration.ofMillis(100), 6, Set.of("GET", "HEAD", "OPTIONS", "PUT", "DELETE"));
}
