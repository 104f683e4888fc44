package dev.culvert.meter;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Which of many like messages are logged: of each kind one in {@value #SECONDS} s. Any thread. */
public final class LogRate {

  /** From one message of a kind to the next, in seconds. */
  public static final int SECONDS = 10;

  /** Beyond that many kinds at once all are forgotten, so that each may be logged again. */
  static final int MOST_KINDS = 1_000;

  private static final class Kind {
    final long logged;
    int silent;

    Kind(long logged) {
      this.logged = logged;
    }
  }

  private final LongSupplier clock;

  /** Guarded by this. */
  private final Map<String, Kind> kinds = new HashMap<>();

  /**
   * @param clock in nanoseconds
   */
  public LogRate(LongSupplier clock) {
    this.clock = clock;
  }

  /** How many of the kind were not logged since the last one that was; empty for one more. */
  public synchronized OptionalInt next(String kind) {
    long now = clock.getAsLong();
    Kind last = kinds.get(kind);
    if (last != null && now - last.logged < TimeUnit.SECONDS.toNanos(SECONDS)) {
      last.silent++;
      return OptionalInt.empty();
    }
    if (kinds.size() >= MOST_KINDS) {
      kinds.clear();
    }
    kinds.put(kind, new Kind(now));
    return OptionalInt.of(last == null ? 0 : last.silent);
  }
}
