package dev.culvert.route;

import dev.culvert.provider.Timer;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Tells, once, that nothing has moved for too long. Any thread. A timer that runs its tasks too
 * early ends, and whoever ends it waits for nobody that long: the watch is over then.
 */
final class IdleWatch {

  private final Duration limit;
  private final Timer timer;
  private final LongSupplier clock;
  private final LongSupplier amount;
  private final Runnable late;

  // Guarded by this.
  private long moved;

  /** The amount at the last look. */
  private long seen;

  /** When the timer is to run. */
  private long due;

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
    this(limit, timer, clock, () -> 0, late);
  }

  /**
   * Watches something that tells of no move.
   *
   * @param amount looked at when the limit is over: one that has changed has moved; must not block
   */
  IdleWatch(Duration limit, Timer timer, LongSupplier clock, LongSupplier amount, Runnable late) {
    this.limit = limit;
    this.timer = timer;
    this.clock = clock;
    this.amount = amount;
    this.late = late;
  }

  /** From now on silence counts. Idempotent. */
  synchronized void begin() {
    if (!begun && !stopped && !limit.isZero()) {
      begun = true;
      moved = clock.getAsLong();
      seen = amount.getAsLong();
      arm(limit.toNanos());
    }
  }

  private void arm(long nanos) {
    due = clock.getAsLong() + nanos;
    disarm = timer.after(Duration.ofNanos(nanos), this::check);
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
      long now = clock.getAsLong();
      if (stopped || now - due < 0) {
        return;
      }
      long current = amount.getAsLong();
      if (current != seen) {
        seen = current;
        moved = now;
      }
      long left = limit.toNanos() - (now - moved);
      if (left > 0) {
        arm(left);
        return;
      }
      stopped = true;
    }
    late.run();
  }
}
