package dev.culvert.route;

import dev.culvert.provider.Timer;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Looks, once begun, whether somebody goes on taking something. Safe for use by any thread. A timer
 * that runs its tasks too early ends, and whoever ends it waits for nobody that long: the watch is
 * over then.
 */
final class StallWatch {

  private final Timer timer;
  private final Duration patience;
  private final LongSupplier nanos;
  private final AtomicBoolean begun = new AtomicBoolean();

  /** Takes back the next look; any thread may do so at any time. */
  private volatile Runnable disarm = () -> {};

  private volatile boolean over;

  /**
   * @param patience longest time in which nothing is taken
   * @param nanos as {@link System#nanoTime}
   */
  StallWatch(Timer timer, Duration patience, LongSupplier nanos) {
    this.timer = timer;
    this.patience = patience;
    this.nanos = nanos;
  }

  Duration patience() {
    return patience;
  }

  /**
   * Begins to look; only the first call counts.
   *
   * @param amount changes when something is taken; empty when nobody waits for that any more
   * @param stalled run once, on the timer, when it has not changed for too long
   */
  void begin(Supplier<OptionalLong> amount, Runnable stalled) {
    if (begun.compareAndSet(false, true)) {
      lookAgain(amount, amount.get(), stalled);
    }
  }

  /** Looks no more. */
  void end() {
    over = true;
    disarm.run();
  }

  private void lookAgain(Supplier<OptionalLong> amount, OptionalLong before, Runnable stalled) {
    if (before.isEmpty() || over) {
      return;
    }
    long asked = nanos.getAsLong();
    disarm =
        timer.after(
            patience,
            () -> {
              OptionalLong now = amount.get();
              boolean early = nanos.getAsLong() - asked < patience.toNanos();
              if (early || over) {
                return;
              }
              if (now.equals(before)) {
                stalled.run();
              } else {
                lookAgain(amount, now, stalled);
              }
            });
    if (over) {
      disarm.run(); // ended meanwhile
    }
  }
}
