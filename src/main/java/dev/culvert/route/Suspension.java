package dev.culvert.route;

import dev.culvert.config.Route;
import dev.culvert.endpoint.UpgradedRequest;
import dev.culvert.handshake.Refusal;
import dev.culvert.route.UpstreamSearch.Found;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * An exchange that waits for its upstream, with no thread of the server: the one that began it
 * returns to the server at once. Servers differ in where they let such an exchange go on.
 */
interface Suspension {

  /** For servers that go on with an exchange. */
  Duration LONGEST = Duration.ofSeconds(10);

  /** The request with which the exchange goes on. */
  HttpServletRequest request();

  /**
   * Has the exchange go on where the client can be answered as was found, and end after that. To be
   * called once, by any thread; returns without waiting for a client, unless the gateway has ended.
   *
   * @param conclusion answers the client
   * @param lost runs instead when the server does not go on with the exchange; on any thread
   */
  void resume(Found found, Runnable conclusion, Consumer<Refusal> lost);

  /**
   * Longest time for the server to go on with an exchange of a route: that for its handshake, and
   * less than the host keeps a connection to an upstream that nobody claims.
   */
  static Duration patience(Route route) {
    Duration handshake = route.handshakeTimeout();
    return handshake.compareTo(LONGEST) < 0 ? handshake : LONGEST;
  }

  /**
   * Suspends an exchange, on the server's thread.
   *
   * @param gone run when the server says that the client has left; perhaps more than once
   * @param patience longest time for the server to go on with the exchange
   * @throws IOException when the client is gone
   * @throws ServletException when the server cannot suspend it
   */
  static Suspension of(
      Gateway gateway,
      Opening opening,
      HttpServletRequest http,
      HttpServletResponse response,
      Runnable gone,
      Duration patience)
      throws IOException, ServletException {
    if (!opening.upgradesByServer()) {
      return new AsyncSuspension(
          gateway, http, response, gone, () -> ServerThread.awaitReturn(http));
    }
    return UpgradedRequest.of(http).isPresent()
        ? new UpgradeSuspension(gateway, http, response, patience)
        : new DispatchSuspension(gateway, http, response, gone, patience);
  }
}
