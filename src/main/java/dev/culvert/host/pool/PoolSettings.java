package dev.culvert.host.pool;

import java.time.Duration;
import java.util.function.Function;

/**
 * How the pool works; a change takes effect at once.
 *
 * @param enabled whether sockets are kept at all
 * @param maxAge age from which a socket takes no further turn, above zero
 * @param maxPerAccount sockets of an account, those being opened included, at least 1
 * @param pingInterval between two pings on a socket, above zero
 * @param openTimeout for name look-up, connect, TLS and upgrade together, above zero
 * @param responseStartTimeout longest time from a request to its first event, above zero; whoever
 *     has a lease sees to it
 */
public record PoolSettings(
    boolean enabled,
    Duration maxAge,
    int maxPerAccount,
    Duration pingInterval,
    Duration openTimeout,
    Duration responseStartTimeout) {

  private static final long SHORTEST_PACE = 1_000_000_000L;

  /** The documented defaults. */
  public static final PoolSettings DEFAULTS =
      new PoolSettings(
          true,
          Duration.ofMinutes(55),
          8,
          Duration.ofSeconds(25),
          Duration.ofSeconds(15),
          Duration.ofSeconds(180));

  /** The same with another {@link #enabled}. */
  public PoolSettings withEnabled(boolean next) {
    return new PoolSettings(
        next, maxAge, maxPerAccount, pingInterval, openTimeout, responseStartTimeout);
  }

  /** The same with another {@link #maxAge}. */
  public PoolSettings withMaxAge(Duration next) {
    return new PoolSettings(
        enabled, next, maxPerAccount, pingInterval, openTimeout, responseStartTimeout);
  }

  /** The same with another {@link #maxPerAccount}. */
  public PoolSettings withMaxPerAccount(int next) {
    return new PoolSettings(enabled, maxAge, next, pingInterval, openTimeout, responseStartTimeout);
  }

  /** The same with another {@link #pingInterval}. */
  public PoolSettings withPingInterval(Duration next) {
    return new PoolSettings(
        enabled, maxAge, maxPerAccount, next, openTimeout, responseStartTimeout);
  }

  /** The same with another {@link #openTimeout}. */
  public PoolSettings withOpenTimeout(Duration next) {
    return new PoolSettings(
        enabled, maxAge, maxPerAccount, pingInterval, next, responseStartTimeout);
  }

  /** The same with another {@link #responseStartTimeout}. */
  public PoolSettings withResponseStartTimeout(Duration next) {
    return new PoolSettings(enabled, maxAge, maxPerAccount, pingInterval, openTimeout, next);
  }

  /** These settings, changed where two others differ, to what the later one has. */
  public PoolSettings changed(PoolSettings before, PoolSettings after) {
    Change change = new Change(this, before, after);
    return new PoolSettings(
        change.of(PoolSettings::enabled),
        change.of(PoolSettings::maxAge),
        change.of(PoolSettings::maxPerAccount),
        change.of(PoolSettings::pingInterval),
        change.of(PoolSettings::openTimeout),
        change.of(PoolSettings::responseStartTimeout));
  }

  private record Change(PoolSettings now, PoolSettings before, PoolSettings after) {
    <T> T of(Function<PoolSettings, T> setting) {
      boolean same = setting.apply(before).equals(setting.apply(after));
      return setting.apply(same ? now : after);
    }
  }

  /**
   * Silence after which a socket counts as dead: two pings unanswered, and half an interval. Pings
   * go out once a second at most, whatever the interval is.
   */
  long silenceNanos() {
    return Math.max(pingInterval.toNanos(), SHORTEST_PACE) / 2 * 5;
  }
}
