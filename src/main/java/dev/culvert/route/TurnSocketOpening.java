package dev.culvert.route;

import dev.culvert.config.Route;
import dev.culvert.config.StreamLimits;
import dev.culvert.endpoint.Endpoints;
import dev.culvert.endpoint.Pending;
import dev.culvert.handshake.ClientHandshake;
import dev.culvert.handshake.ClientRequest;
import dev.culvert.handshake.ForwardedClient;
import dev.culvert.handshake.Headers;
import dev.culvert.handshake.Origins;
import dev.culvert.handshake.Outcome;
import dev.culvert.handshake.Refusal;
import dev.culvert.turn.socket.SocketLimits;
import dev.culvert.turn.socket.TurnSocket;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * A handshake on a route in mode {@code turns}. No upstream is asked: which one, and as whom, every
 * turn finds out by itself.
 *
 * @param endpoints empty on a server without WebSocket endpoints
 */
record TurnSocketOpening(Gateway gateway, Route route, Optional<Endpoints> endpoints) {

  private static final int CLIENT_GONE = 499;
  private static final long LONGEST_MILLIS = Duration.ofDays(3650).toMillis();

  /** Whether the request asks for a WebSocket, rightly or wrongly. */
  static boolean isAskedFor(ClientRequest request) {
    return request.method().equals("GET") && request.headers().hasToken("Upgrade", "websocket");
  }

  void open(
      ClientRequest request,
      ForwardedClient client,
      HttpServletRequest http,
      HttpServletResponse response)
      throws IOException {
    Optional<Refusal> refusal =
        handshake(request)
            .or(() -> Origins.check(request, route, client))
            .or(() -> TurnRoute.missingLibrary(gateway, route))
            .or(this::missingEndpoint);
    if (refusal.isPresent()) {
      refuse(refusal.get(), client, http, response);
      return;
    }
    // Not for the answer: the host learns of the server's threads, which it has to look after.
    String unused = gateway.host().refusal(http);
    TurnCaller asking = TurnCaller.of(gateway.configuration().settings(), request, client, http);
    open(asking, client, Caller.of(http), http, response);
  }

  private void open(
      TurnCaller asking,
      ForwardedClient client,
      Caller caller,
      HttpServletRequest http,
      HttpServletResponse response)
      throws IOException {
    TurnSocket socket = socket(asking, caller);
    TurnSockets sockets = gateway.turns().sockets();
    String session = route.limits().expires() ? caller.session() : "";
    Optional<Refusal> full =
        sockets.enter(socket, new TurnSockets.Holder(route.name(), session), route.maxStreams());
    if (full.isPresent()) {
      refuse(full.get(), client, http, response);
      return;
    }
    boolean opened = false;
    try {
      // Taken in by now: a session that ends after this question ends the socket.
      if (route.limits().expires() && caller.after(http).isEmpty()) {
        String detail = "session: ended (expected: one that outlives the handshake)";
        refuse(Refusal.forbidden(detail), client, http, response);
        return;
      }
      endpoints
          .orElseThrow()
          .upgrade(http, response, new Pending(Optional.empty(), socket::open, socket::abandon));
      opened = true;
      log(client, Outcome.OPENED, HttpServletResponse.SC_SWITCHING_PROTOCOLS, "");
    } catch (IOException e) {
      log(client, Outcome.CLIENT_GONE, CLIENT_GONE, "client: " + e.getMessage());
    } catch (IllegalStateException e) {
      failed(e, client, http, response);
    } finally {
      if (!opened) {
        socket.abandon();
      }
    }
  }

  private TurnSocket socket(TurnCaller asking, Caller caller) {
    Turns turns = gateway.turns();
    StreamLimits limits = route.limits();
    return new TurnSocket(
        new SocketTurnMaker(gateway, route.name(), asking),
        route.turn().preset(),
        new SocketLimits(
            limits.timeout(),
            limits.idleTimeout(),
            limits.pingInterval(),
            limits.expires() ? credential(caller) : Duration.ZERO),
        turns.guard(limits.stallTimeout()),
        turns.threads().timer(),
        turns.threads(),
        turns.sockets()::leave);
  }

  /** Time until it ends, at least a moment, at most ten years; zero when nobody knows. */
  private static Duration credential(Caller caller) {
    return caller.expiresAt() == 0
        ? Duration.ZERO
        : Duration.ofMillis(
            Math.min(LONGEST_MILLIS, Math.max(1, caller.expiresAt() - System.currentTimeMillis())));
  }

  private Optional<Refusal> handshake(ClientRequest request) {
    return ClientHandshake.check(request, route) instanceof Refusal refusal
        ? Optional.of(refusal)
        : Optional.empty();
  }

  private Optional<Refusal> missingEndpoint() {
    return endpoints.isPresent()
        ? Optional.empty()
        : Optional.of(
            new Refusal(
                Outcome.ERROR,
                HttpServletResponse.SC_NOT_IMPLEMENTED,
                Headers.NONE,
                "the server has no WebSocket endpoints"));
  }

  private void failed(
      IllegalStateException fault,
      ForwardedClient client,
      HttpServletRequest http,
      HttpServletResponse response)
      throws IOException {
    if (response.isCommitted()) {
      log(client, Outcome.CLIENT_GONE, CLIENT_GONE, fault.getMessage());
    } else {
      response.reset();
      refuse(Refusal.unavailable("handshake: " + fault.getMessage()), client, http, response);
    }
  }

  private void refuse(
      Refusal refusal,
      ForwardedClient client,
      HttpServletRequest http,
      HttpServletResponse response)
      throws IOException {
    log(client, refusal.outcome(), refusal.status(), refusal.detail());
    new Answers(gateway.host()).refuse(http, response, refusal);
  }

  private void log(ForwardedClient client, Outcome outcome, int status, String detail) {
    HandshakeLog.ended(gateway, route, client.addressText(), outcome, status, detail);
  }
}
