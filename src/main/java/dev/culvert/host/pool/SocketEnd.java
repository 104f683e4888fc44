package dev.culvert.host.pool;

import java.util.Locale;

/**
 * Why a socket ended.
 *
 * @param code of the upstream's close frame, 1006 without one
 * @param detail for logs
 */
public record SocketEnd(Cause cause, int code, String detail) {

  /** Causes, as metrics name them. */
  public enum Cause {
    /** The upstream closed, or the connection broke. */
    CLOSED,
    /** The upstream was silent for too long. */
    LIVENESS,
    /** The age limit. */
    MAX_AGE,
    /** Something arrived while no turn was in flight. */
    UNSOLICITED,
    /** A binary message, which this protocol has not. */
    PROTOCOL,
    /** Its account was evicted. */
    EVICTED,
    /** Its conversation has gone to another one, opened with what holds now. */
    SUPERSEDED,
    /** It made room for another conversation. */
    RETIRED,
    /** Its turn was given up. */
    DISCARDED,
    /** The pool or its application ended. */
    SHUTDOWN,
    /** It was opened for one turn, which is over. */
    DONE;

    /** The name in metrics and logs. */
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  static SocketEnd of(Cause cause) {
    return new SocketEnd(cause, NO_STATUS, cause.label());
  }

  private static final int NO_STATUS = 1006;
}
