package dev.culvert.endpoint;

import java.util.concurrent.CompletableFuture;

/**
 * A handshake that waits for its session.
 *
 * @param token by which the session is known
 * @param handshake what was agreed
 * @param request the server's request, as soon as it is upgraded; never completed on servers whose
 *     requests need no care
 * @param socket the connection, from then on; never completed where the request does not show it
 */
record Admission(
    String token,
    Pending handshake,
    CompletableFuture<UpgradedRequest> request,
    CompletableFuture<GrizzlySocket> socket) {

  Admission(String token, Pending handshake) {
    this(token, handshake, new CompletableFuture<>(), new CompletableFuture<>());
  }

  /** The server has upgraded its request. */
  void upgraded(UpgradedRequest upgraded) {
    upgraded.socket().ifPresent(socket::complete);
    request.complete(upgraded);
  }

  /** Closes the client's connection at once, on servers whose requests show it. */
  void cutOff() {
    CompletableFuture<Void> unused = socket.thenAccept(GrizzlySocket::terminate);
  }

  /** Nothing more is wanted of the session. */
  void forgetRequest() {
    CompletableFuture<Void> unused = request.thenAccept(UpgradedRequest::forget);
  }
}
