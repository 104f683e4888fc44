package dev.culvert.host.pool;

import java.util.Locale;

/** Why a turn runs on the socket it runs on. Each dispatch has exactly one. */
public sealed interface Decision {

  /** What logs and metrics call it, with the socket's id where it has one. */
  String label();

  /** The same without ids, for the tag of a metric. */
  String kind();

  /** A socket was opened for the turn and stays in the pool. */
  record New(String socket) implements Decision {
    @Override
    public String label() {
      return "new:" + socket;
    }

    @Override
    public String kind() {
      return "new";
    }
  }

  /** The conversation's socket was there and idle. */
  record Reuse(String socket) implements Decision {
    @Override
    public String label() {
      return "reuse:" + socket;
    }

    @Override
    public String kind() {
      return "reuse";
    }
  }

  /** A socket was opened for this turn only. */
  record Bypass(Bypass.Reason reason) implements Decision {

    /** Why the pool was passed by. */
    public enum Reason {
      /** The pool is switched off or shutting down. */
      DISABLED,
      /** The account or the conversation is not known. */
      NO_KEY,
      /** The conversation's socket has a turn in flight. */
      BUSY,
      /** The account has as many sockets as it may, and none is idle. */
      CAP,
      /** No socket could be opened, or the pool itself had a fault. */
      FACTORY_ERROR,
      /** The socket was opened and could not be used. */
      DEAD
    }

    @Override
    public String label() {
      return "bypass(" + lower(reason) + ")";
    }

    @Override
    public String kind() {
      return label();
    }
  }

  /** A reused socket turned out to be closed before the request was written. */
  record RetryAfterStaleReuse(String socket) implements Decision {
    @Override
    public String label() {
      return "retry-after-stale-reuse:" + socket;
    }

    @Override
    public String kind() {
      return "retry-after-stale-reuse";
    }
  }

  /** The turn continues a response whose socket cannot take it; nothing was sent. */
  record Refused(Refused.Reason reason) implements Decision {

    /** Why the continuation is refused. */
    public enum Reason {
      /** No socket of the caller owns the response. */
      MISSING_OWNER,
      /** The response belongs to another account. */
      ACCOUNT_MISMATCH,
      /** The socket that owned the response is closed. */
      DEAD,
      /** The socket has reached its age limit. */
      EXPIRED,
      /** The socket has a turn in flight. */
      BUSY,
      /** The pool is switched off or shutting down. */
      DISABLED
    }

    @Override
    public String label() {
      return "refused(" + lower(reason) + ")";
    }

    @Override
    public String kind() {
      return label();
    }
  }

  /** The upstream answered the upgrade with an HTTP status, which is then the turn's. */
  record Rejected(int status) implements Decision {
    @Override
    public String label() {
      return "rejected:" + status;
    }

    @Override
    public String kind() {
      return "rejected";
    }
  }

  private static String lower(Enum<?> reason) {
    return reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
