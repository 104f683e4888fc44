package dev.culvert.http;

import java.time.Duration;

/** Runs tasks later. */
interface Timer {

  /**
   * Runs a task, which must not block, after a delay.
   *
   * @return takes it back when it has not begun
   */
  Runnable after(Duration delay, Runnable task);
}
