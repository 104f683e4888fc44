package dev.culvert.http;

import dev.culvert.handshake.Headers;
import dev.culvert.handshake.Refusal;
import dev.culvert.provider.Choice;

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
          case TIMEOUT -> 504;
          case CLIENT_TIMEOUT -> 408;
          case OVERLOAD -> 503;
          case CONNECT, RESET, PROTOCOL, CANCELLED -> 502;
        };
    // What is left of a body would be taken for the next request.
    Headers headers = status == 408 ? Headers.of("Connection", "close") : Headers.NONE;
    return new OwnAnswer(status, headers, fault.detail());
  }

  /** An upstream must not be asked. */
  static OwnAnswer of(Refusal refusal) {
    return new OwnAnswer(refusal.status(), refusal.headers(), refusal.detail());
  }

  /** There is nobody to be asked. */
  static OwnAnswer of(Choice.None none) {
    Headers headers =
        none.retryAfter()
            .map(after -> Headers.of("Retry-After", Long.toString(Math.max(1, after.toSeconds()))))
            .orElse(Headers.NONE);
    return new OwnAnswer(503, headers, none.reason());
  }
}
