package dev.culvert.route;

import dev.culvert.provider.Timer;
import java.time.Duration;
import java.util.function.LongSupplier;

/** Tells, once, that nothing has moved for too long. Any thread. */
final class IdleWatch {

  private final Duration limit;
  private final Timer timer;
  private final LongSupplier clock;
  private final Runnable late;

  // Guarded by this.
  private long moved;
  private boolean begun;
  private boolean stopped;

  /** Takes the timer back. */
  private Runnable disarm = () -> {};

  /**
   * Watches nothing yet.
   *
   * @param limit of time without a move; zero = none
   * @param clock in nanoseconds, as {@link System#nanoTime}
   * @param late told at the limit, by the timer's thread
   */
  IdleWatch(Duration limit, Timer timer, LongSupplier clock, Runnable late) {
    this.limit = limit;
    this.timer = timer;
    this.clock = clock;
    this.late = late;
  }

  /** From now on silence counts. Idempotent. */
  synchronized void begin() {
    if (!begun && !stopped && !limit.isZero()) {
      begun = true;
      moved = clock.getAsLong();
      disarm = timer.after(limit, this::check);
    }
  }

  /** Something has moved. */
  synchronized void moved() {
    moved = clock.getAsLong();
  }

  /** It is over. Idempotent. */
  synchronized void stop() {
    stopped = true;
    disarm.run();
  }

  private void check() {
    synchronized (this) {
      if (stopped) {
        return;
      }
      long left = limit.toNanos() - (clock.getAsLong() - moved);
      if (left > 0) {
        disarm = timer.after(Duration.ofNanos(left), this::check);
        return;
      }
      stopped = true;
    }
    late.run();
  }
}
