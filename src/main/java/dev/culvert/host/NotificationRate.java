package dev.culvert.host;

import java.util.Optional;
import java.util.function.LongSupplier;

/** Lets so many notifications through each second and counts the rest. Any thread. */
final class NotificationRate {

  /**
   * Leave to send one notification.
   *
   * @param suppressed how many were left out since the last one
   */
  record Permit(long sequence, long suppressed) {
    String note() {
      return suppressed == 0 ? "" : " suppressed=" + suppressed;
    }
  }

  private static final long WINDOW = 1_000_000_000L;

  private final int limit;
  private final LongSupplier nanoTime;

  // Guarded by this.
  private long windowStart;
  private int inWindow;
  private long sequence;
  private long suppressed;

  NotificationRate(int limit, LongSupplier nanoTime) {
    this.limit = limit;
    this.nanoTime = nanoTime;
    this.windowStart = nanoTime.getAsLong();
  }

  synchronized Optional<Permit> next() {
    long now = nanoTime.getAsLong();
    if (now - windowStart >= WINDOW) {
      windowStart = now;
      inWindow = 0;
    }
    if (inWindow == limit) {
      suppressed++;
      return Optional.empty();
    }
    inWindow++;
    Permit permit = new Permit(++sequence, suppressed);
    suppressed = 0;
    return Optional.of(permit);
  }
}
