package dev.culvert.host.relay;

import dev.culvert.boundary.StreamSpec;
import dev.culvert.host.frame.CloseStatus;
import dev.culvert.host.loop.EventLoop;
import dev.culvert.host.loop.Timer;
import java.util.concurrent.TimeUnit;

/**
 * The time limits of one stream. A single timer stands for all of them: it is armed for the nearest
 * one and looks at the rest when it fires, so that traffic never touches a timer. Loop thread only.
 */
final class Lifetime extends Timer {

  private static final long NEVER = Long.MAX_VALUE;

  /** A hundred years; sums of such times do not overflow in nanoseconds. */
  private static final long LONGEST_MILLIS = TimeUnit.DAYS.toMillis(36_500);

  private final Stream stream;
  private final EventLoop loop;
  private final StreamSpec spec;
  private final long start;

  /** Delays from {@link #start} in nanoseconds; {@link #NEVER} when not set. */
  private long undeployed = NEVER;

  private long removed = NEVER;
  private long closing = NEVER;
  private final long expiry;

  Lifetime(Stream stream, EventLoop loop, StreamSpec spec) {
    this.stream = stream;
    this.loop = loop;
    this.spec = spec;
    start = loop.now();
    long left = spec.expiresAt() - System.currentTimeMillis();
    expiry = spec.expiresAt() == 0 ? NEVER : Math.max(0, nanos(left));
  }

  long age() {
    return loop.now() - start;
  }

  /** The stream closes after the delay; an earlier call for the same cause stands. */
  void doom(StreamResult cause, long delayMillis) {
    long at = age() + nanos(delayMillis);
    if (cause == StreamResult.UPSTREAM_REMOVED) {
      removed = removed == NEVER ? at : removed;
    } else {
      undeployed = undeployed == NEVER ? at : undeployed;
    }
    rearm();
  }

  /** The upstream is back in the configuration. */
  void pardonRemoval() {
    removed = NEVER;
  }

  /** The stream ends without further waiting after the delay. */
  void endAfter(long delayMillis) {
    closing = Math.min(closing, age() + nanos(delayMillis));
    rearm();
  }

  /** Moves the end of the wait. */
  void extendGrace(long delayMillis) {
    closing = age() + nanos(delayMillis);
    rearm();
  }

  void rearm() {
    long next = closing;
    if (!stream.isClosing()) {
      next = Math.min(next, Math.min(undeployed, removed));
      next = Math.min(next, Math.min(expiry, limit(spec.timeoutMillis())));
      next = Math.min(next, Math.min(idleAt(), nextPingAt()));
    }
    if (next == NEVER) {
      loop.cancel(this);
    } else {
      loop.arm(this, start + next);
    }
  }

  /** A stream whose timer fails would have none any more; so it ends. */
  @Override
  protected void expired(long now) {
    try {
      act(now);
    } catch (RuntimeException | Error e) {
      stream.failed(e);
    }
  }

  private void act(long now) {
    long age = now - start;
    if (age >= closing) {
      stream.endOfGrace(now - nanos(spec.closeGraceMillis()));
      return;
    }
    if (!stream.isClosing()) {
      closeWhenDue(age);
    }
    if (!stream.hasEnded()) {
      rearm();
    }
  }

  private void closeWhenDue(long age) {
    if (age >= removed) {
      stream.beginClose(
          StreamResult.UPSTREAM_REMOVED,
          new CloseStatus(CloseStatus.GOING_AWAY, "upstream removed"));
    } else if (age >= undeployed) {
      stream.beginClose(
          StreamResult.UNDEPLOYED, new CloseStatus(CloseStatus.GOING_AWAY, "undeployed"));
    } else if (age >= expiry) {
      stream.beginClose(
          StreamResult.EXPIRED,
          new CloseStatus(CloseStatus.POLICY_VIOLATION, "credential expired"));
    } else if (age >= limit(spec.timeoutMillis())) {
      stream.beginClose(
          StreamResult.TIMEOUT, new CloseStatus(CloseStatus.GOING_AWAY, "stream timeout"));
    } else if (age >= idleAt()) {
      stream.beginClose(StreamResult.IDLE, new CloseStatus(CloseStatus.GOING_AWAY, "idle timeout"));
    } else {
      pingSilentSides(age);
    }
  }

  private void pingSilentSides(long age) {
    if (age >= pingAt(stream.client())) {
      stream.client().ping(start + age);
    }
    if (age >= pingAt(stream.upstream())) {
      stream.upstream().ping(start + age);
    }
  }

  private long idleAt() {
    if (spec.idleTimeoutMillis() == 0) {
      return NEVER;
    }
    long last = Math.max(stream.client().lastMoved(), stream.upstream().lastMoved());
    return last - start + nanos(spec.idleTimeoutMillis());
  }

  private long nextPingAt() {
    return Math.min(pingAt(stream.client()), pingAt(stream.upstream()));
  }

  private long pingAt(Leg leg) {
    if (!spec.webSocket() || spec.pingIntervalMillis() == 0) {
      return NEVER;
    }
    return leg.lastHeardOrAsked() - start + nanos(spec.pingIntervalMillis());
  }

  private static long limit(long millis) {
    return millis == 0 ? NEVER : nanos(millis);
  }

  private static long nanos(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(Math.min(millis, LONGEST_MILLIS));
  }
}
