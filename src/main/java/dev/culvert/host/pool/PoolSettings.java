package dev.culvert.host.pool;

import java.time.Duration;

/**
 * How the pool works; a change takes effect at the next decision.
 *
 * @param enabled whether sockets are kept at all
 * @param maxAge age from which a socket takes no further turn, above zero
 * @param maxPerAccount sockets of an account, those being opened included, at least 1
 * @param pingInterval between two pings on a socket, above zero
 * @param openTimeout for name look-up, connect, TLS and upgrade together, above zero
 */
public record PoolSettings(
    boolean enabled,
    Duration maxAge,
    int maxPerAccount,
    Duration pingInterval,
    Duration openTimeout) {

  /** The documented defaults. */
  public static final PoolSettings DEFAULTS =
      new PoolSettings(
          true, Duration.ofMinutes(55), 8, Duration.ofSeconds(25), Duration.ofSeconds(15));

  /** Silence after which a socket counts as dead: two pings unanswered, and half an interval. */
  long silenceNanos() {
    return pingInterval.toNanos() / 2 * 5;
  }
}
