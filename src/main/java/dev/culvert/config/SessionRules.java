package dev.culvert.config;

import java.time.Duration;
import java.util.Optional;

/**
 * Where sessions of upstreams are counted.
 *
 * @param redis shared between nodes; empty = in the memory of this JVM
 * @param ttl after which a lease that nobody renews is over, above zero
 * @param failOpen whether sessions are admitted while the store cannot be reached
 */
public record SessionRules(Optional<RedisRules> redis, Duration ttl, boolean failOpen) {

  /** What holds unless said otherwise. */
  public static final SessionRules DEFAULTS =
      new SessionRules(Optional.empty(), Duration.ofMinutes(5), true);
}
