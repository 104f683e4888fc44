package dev.culvert.host.loop;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A count that one thread writes and any thread may read: no fence on the way of the message, and a
 * reader is at most a moment behind.
 */
public final class OwnedCounter {

  private static final VarHandle VALUE;

  static {
    try {
      VALUE = MethodHandles.lookup().findVarHandle(OwnedCounter.class, "value", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private long value;

  /** Adds; the owner only. */
  public void add(long delta) {
    VALUE.setOpaque(this, value + delta);
  }

  /** The count; any thread. */
  public long get() {
    return (long) VALUE.getOpaque(this);
  }
}
