package dev.culvert.provider;

import java.time.Duration;

/** Runs tasks later. Any thread. */
public interface Timer {

  /**
   * Runs a short task when the time is over.
   *
   * @return takes it back, when it has not run yet
   */
  Runnable after(Duration delay, Runnable task);
}
