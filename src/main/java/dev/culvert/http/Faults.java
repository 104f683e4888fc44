package dev.culvert.http;

import dev.culvert.http.Fault.Kind;
import java.io.InterruptedIOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.RequestNotExecutedException;

/** What exceptions of the library mean. */
final class Faults {

  private Faults() {}

  /**
   * Judges.
   *
   * @param sent whether the upstream may have seen the request
   */
  static Fault of(Throwable cause, boolean sent) {
    return of(cause, sent, false);
  }

  /**
   * Judges.
   *
   * @param kept whether the connection had served another request, and brought nothing for this one
   */
  static Fault of(Throwable cause, boolean sent, boolean kept) {
    boolean executed = !(cause instanceof RequestNotExecutedException);
    boolean seen = sent && executed;
    Kind found = kind(cause, seen);
    boolean stale = kept && (found == Kind.CONNECT || found == Kind.RESET);
    Kind kind = stale ? Kind.STALE : found;
    return new Fault(kind, seen, detail(kind, cause));
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
  static Fault ofRequest(Throwable cause, boolean kept) {
    return cause instanceof HttpException
        ? new Fault(Kind.REQUEST, false, words(Kind.REQUEST) + ": " + cause.getMessage())
        : of(cause, false, kept);
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
