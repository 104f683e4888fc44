package dev.culvert.endpoint;

import java.util.concurrent.CompletableFuture;

/**
 * A handshake that waits for its session.
 *
 * @param token by which the session is known
 * @param handshake what was agreed
 * @param request the server's request, as soon as it is upgraded; never completed on servers whose
 *     requests need no care
 */
record Admission(String token, Pending handshake, CompletableFuture<UpgradedRequest> request) {

  Admission(String token, Pending handshake) {
    this(token, handshake, new CompletableFuture<>());
  }

  /** Nothing more is wanted of the session. */
  void forgetRequest() {
    CompletableFuture<Void> unused = request.thenAccept(UpgradedRequest::forget);
  }
}
