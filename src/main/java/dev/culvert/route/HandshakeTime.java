package dev.culvert.route;

import dev.culvert.config.Route;
import dev.culvert.config.Settings;
import java.time.Duration;
import java.util.function.LongSupplier;

/** The time of one handshake, which all upstreams that are asked share. Any thread. */
final class HandshakeTime {

  private final LongSupplier clock;
  private final long begun;
  private final Duration whole;
  private final Duration fair;

  /**
   * Begins now.
   *
   * @param clock in nanoseconds
   */
  HandshakeTime(Settings settings, Route route, LongSupplier clock) {
    this.clock = clock;
    this.begun = clock.getAsLong();
    this.whole = route.handshakeTimeout();
    Duration half = whole.dividedBy(2);
    Duration connect = settings.connectTimeout();
    this.fair = connect.compareTo(half) < 0 ? connect : half;
  }

  /** What is left, in whole milliseconds; zero when it is over. */
  Duration left() {
    long millis = whole.minusNanos(clock.getAsLong() - begun).toMillis();
    return Duration.ofMillis(Math.max(0, millis));
  }

  boolean isOver() {
    return left().isZero();
  }

  /**
   * Whether an upstream that was given so much is to blame for its silence: as much as a connection
   * may take, or half of the whole where that is less.
   */
  boolean isFair(Duration given) {
    return given.compareTo(fair) >= 0;
  }
}
