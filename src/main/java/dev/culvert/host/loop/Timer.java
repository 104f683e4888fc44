package dev.culvert.host.loop;

/**
 * Something that happens at a time on an event loop. Belongs to one loop and is touched by its
 * thread only.
 */
public abstract class Timer {

  /** In {@link System#nanoTime()} terms; meaningful while {@link #index} is not negative. */
  long deadline;

  /** Place in the loop's heap, -1 when not armed. */
  int index = -1;

  /** Called once per arming, on the loop's thread, with the timer no longer armed. */
  protected abstract void expired(long now);
}
