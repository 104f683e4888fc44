package dev.culvert.route;

import dev.culvert.provider.Timer;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How long a client may take nothing of what is left of a stream that has ended.
 *
 * @param clock in nanoseconds, as {@link System#nanoTime}
 */
record StallLimit(Duration limit, Timer timer, LongSupplier clock) {

  /** Watches a client of whose moves it is told. */
  IdleWatch watch(Runnable late) {
    return new IdleWatch(limit, timer, clock, late);
  }

  /** Watches one that takes something of an amount. */
  IdleWatch watch(LongSupplier amount, Runnable late) {
    return new IdleWatch(limit, timer, clock, amount, late);
  }
}
