package dev.culvert.route;

import dev.culvert.provider.Timer;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** Looks, once begun, whether somebody goes on taking something. Safe for use by any thread. */
final class StallWatch {

  private final Timer timer;
  private final Duration patience;
  private final AtomicBoolean begun = new AtomicBoolean();

  /**
   * @param patience longest time in which nothing is taken
   */
  StallWatch(Timer timer, Duration patience) {
    this.timer = timer;
    this.patience = patience;
  }

  /**
   * Begins to look; only the first call counts.
   *
   * @param taken what has been taken so far; empty when nobody waits for it any more
   * @param stalled run once, on the timer, when that has not changed for too long
   */
  void begin(Supplier<OptionalLong> taken, Runnable stalled) {
    if (begun.compareAndSet(false, true)) {
      lookAgain(taken, taken.get(), stalled);
    }
  }

  private void lookAgain(Supplier<OptionalLong> taken, OptionalLong before, Runnable stalled) {
    if (before.isEmpty()) {
      return;
    }
    timer.after(
        patience,
        () -> {
          OptionalLong now = taken.get();
          if (now.equals(before)) {
            stalled.run();
          } else {
            lookAgain(taken, now, stalled);
          }
        });
  }
}
