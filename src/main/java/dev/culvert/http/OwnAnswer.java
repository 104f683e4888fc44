package dev.culvert.http;

import dev.culvert.handshake.Headers;
import dev.culvert.handshake.Refusal;
import dev.culvert.provider.Choice;
import java.util.concurrent.CompletionException;

/**
 * What the gateway itself answers in the place of an upstream.
 *
 * @param status 400 to 599
 * @param headers that belong to it
 * @param detail for the log
 */
record OwnAnswer(int status, Headers headers, String detail) {

  /** An attempt has ended without an answer. */
  static OwnAnswer of(Fault fault) {
    int status =
        switch (fault.kind()) {
          case REQUEST -> 400;
          case TIMEOUT -> 504;
          case CLIENT_TIMEOUT -> 408;
          case OVERLOAD -> 503;
          case CONNECT, RESET, STALE, PROTOCOL, CANCELLED -> 502;
        };
    Headers headers =
        switch (status) {
          // What is left of a body would be taken for the next request.
          case 408 -> Headers.of("Connection", "close");
          case 503 -> Refusal.unavailable(fault.detail()).headers();
          default -> Headers.NONE;
        };
    return new OwnAnswer(status, headers, fault.detail());
  }

  /** The gateway has a fault of its own. */
  static OwnAnswer of(Throwable fault) {
    Throwable cause = fault instanceof CompletionException wrapped ? wrapped.getCause() : fault;
    return new OwnAnswer(500, Headers.NONE, "fault: " + cause);
  }

  /** An upstream must not be asked. */
  static OwnAnswer of(Refusal refusal) {
    return new OwnAnswer(refusal.status(), refusal.headers(), refusal.detail());
  }

  /** There is nobody to be asked. */
  static OwnAnswer of(Choice.None none) {
    return of(Refusal.unavailable(none.reason(), none.retryAfter()));
  }
}
