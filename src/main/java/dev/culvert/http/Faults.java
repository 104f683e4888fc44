package dev.culvert.http;

import dev.culvert.http.Fault.Kind;
import java.io.InterruptedIOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpStreamResetException;
import org.apache.hc.core5.http.RequestNotExecutedException;

/** What exceptions of the library mean. */
final class Faults {

  private Faults() {}

  /**
   * Judges.
   *
   * @param sent whether the upstream may have seen the request
   * @param mayBeStale as {@link CallProgress#mayBeStale}
   */
  static Fault of(Throwable cause, boolean sent, boolean mayBeStale) {
    boolean executed = !(cause instanceof RequestNotExecutedException);
    boolean seen = sent && executed;
    Kind found = kind(cause, seen);
    Kind kind = mayBeStale && isLoss(found, cause) ? Kind.STALE : found;
    return new Fault(kind, seen, detail(kind, cause));
  }

  /** Whether there is no connection any more; to reset a stream of HTTP/2 is an answer. */
  private static boolean isLoss(Kind kind, Throwable cause) {
    return (kind == Kind.CONNECT || kind == Kind.RESET)
        && !(cause instanceof HttpStreamResetException);
  }

  /** What nobody has foreseen says more with the name of its class. */
  private static String detail(Kind kind, Throwable cause) {
    boolean foreseen = cause instanceof Exception && !(cause instanceof RuntimeException);
    String message = foreseen || kind == Kind.CANCELLED ? cause.getMessage() : cause.toString();
    return message == null ? words(kind) : words(kind) + ": " + message;
  }

  private static String words(Kind kind) {
    return switch (kind) {
      case REQUEST -> "request";
      case CONNECT -> "cannot connect";
      case RESET, STALE -> "connection lost";
      case PROTOCOL -> "answer is no HTTP";
      case TIMEOUT -> "no answer in time";
      case CLIENT_TIMEOUT -> "client too slow";
      case OVERLOAD -> "no connection free in time (culvert.transport.max-per-host)";
      case CANCELLED -> "cancelled";
    };
  }

  /** Judges what came up while the request was made, of which nothing has gone out. */
  static Fault ofRequest(Throwable cause, boolean mayBeStale) {
    return cause instanceof HttpException
        ? new Fault(Kind.REQUEST, false, words(Kind.REQUEST) + ": " + cause.getMessage())
        : of(cause, false, mayBeStale);
  }

  private static Kind kind(Throwable cause, boolean seen) {
    if (cause instanceof TimeoutException || cause instanceof ConnectionRequestTimeoutException) {
      return Kind.OVERLOAD;
    }
    if (cause instanceof HttpException) {
      return Kind.PROTOCOL;
    }
    if (cause instanceof CancellationException) {
      return Kind.CANCELLED;
    }
    if (!seen || cause instanceof ConnectTimeoutException) {
      return Kind.CONNECT;
    }
    return cause instanceof InterruptedIOException ? Kind.TIMEOUT : Kind.RESET;
  }
}
