package dev.culvert.config;

import java.time.Duration;

/**
 * How upstream sockets are kept between turns.
 *
 * @param enabled whether they are kept at all
 * @param maxAge age from which a socket takes no further turn, above zero
 * @param maxPerAccount sockets of an account, at least 1
 * @param pingInterval between pings, above zero; silence of 2.5 intervals ends a socket
 * @param openTimeout for opening a socket, above zero
 * @param responseStartTimeout longest time from a request to its first event, above zero
 * @param keep whether the sockets outlive a deployment
 */
public record PoolRules(
    boolean enabled,
    Duration maxAge,
    int maxPerAccount,
    Duration pingInterval,
    Duration openTimeout,
    Duration responseStartTimeout,
    boolean keep) {

  /** Those of a configuration that says nothing. */
  public static final PoolRules DEFAULTS =
      new PoolRules(
          true,
          Duration.ofMinutes(55),
          8,
          Duration.ofSeconds(25),
          Duration.ofSeconds(15),
          Duration.ofSeconds(180),
          true);
}
