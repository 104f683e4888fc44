package dev.culvert.turn;

import java.time.Duration;

/** Runs tasks later. Safe for use by any thread. */
public interface TurnTimer {

  /**
   * Runs a short task when the time is over.
   *
   * @return takes it back, when it has not run yet
   */
  Runnable after(Duration delay, Runnable task);
}
