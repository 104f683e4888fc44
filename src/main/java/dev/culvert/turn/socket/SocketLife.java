package dev.culvert.turn.socket;

import dev.culvert.endpoint.CloseCodes;
import dev.culvert.provider.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** Watches the time of a client's WebSocket: asks a silent client, ends an idle or old socket. */
final class SocketLife {

  private static final long NEVER = Long.MAX_VALUE;

  /** What is watched. */
  interface Watched {
    /** Whether a turn is under way. */
    boolean isBusy();

    /** Asks the client for a sign of life. */
    void ping();

    void end(int code, String reason);
  }

  private final SocketLimits limits;
  private final Timer timer;
  private final LongSupplier clock;
  private final Watched watched;

  // Guarded by this. Times are nanoseconds since the beginning.
  private final List<Runnable> timers = new ArrayList<>();
  private Runnable disarm = () -> {};
  private long start;
  private long heard;
  private long asked;
  private long moved;
  private boolean over;

  /**
   * @param timer whose tasks may block
   * @param clock in nanoseconds
   */
  SocketLife(SocketLimits limits, Timer timer, LongSupplier clock, Watched watched) {
    this.limits = limits;
    this.timer = timer;
    this.clock = clock;
    this.watched = watched;
  }

  synchronized void begin() {
    if (over) {
      return;
    }
    start = clock.getAsLong();
    endAfter(limits.timeout(), CloseCodes.GOING_AWAY, "stream timeout");
    endAfter(limits.credential(), CloseCodes.POLICY_VIOLATION, "credential expired");
    watchOn();
  }

  private void endAfter(Duration time, int code, String reason) {
    if (!time.isZero()) {
      timers.add(timer.after(time, () -> watched.end(code, reason)));
    }
  }

  /** The client has given a sign of life. */
  synchronized void answered() {
    heard = age();
  }

  /** A message has come from the client. */
  synchronized void heard() {
    heard = age();
    moved = heard;
  }

  /** A message has gone to the client. */
  synchronized void told() {
    moved = age();
  }

  /** Watches no more. */
  synchronized void end() {
    over = true;
    timers.forEach(Runnable::run);
    timers.clear();
    disarm.run();
  }

  private void watch() {
    boolean busy = watched.isBusy();
    boolean idle;
    boolean silent;
    synchronized (this) {
      if (over) {
        return;
      }
      long age = age();
      moved = busy ? age : moved;
      idle = age >= idleAt();
      silent = age >= pingAt();
      asked = silent ? age : asked;
      if (!idle) {
        watchOn();
      }
    }
    if (idle) {
      watched.end(CloseCodes.GOING_AWAY, "idle timeout");
    } else if (silent) {
      watched.ping();
    }
  }

  /** With the lock. */
  private void watchOn() {
    long next = Math.min(idleAt(), pingAt());
    if (next != NEVER) {
      Duration wait = Duration.ofNanos(Math.max(1, next - age()));
      disarm = timer.after(wait, this::watch);
    }
  }

  private long idleAt() {
    return at(moved, limits.idleTimeout());
  }

  private long pingAt() {
    return at(Math.max(heard, asked), limits.pingInterval());
  }

  private static long at(long since, Duration limit) {
    return limit.isZero() ? NEVER : since + limit.toNanos();
  }

  private long age() {
    return clock.getAsLong() - start;
  }
}
