package dev.culvert.route;

import dev.culvert.config.Route;
import dev.culvert.config.Settings;
import dev.culvert.handshake.ClientRequest;
import dev.culvert.handshake.ForwardedClient;
import dev.culvert.handshake.Headers;
import dev.culvert.handshake.Origins;
import dev.culvert.handshake.Outcome;
import dev.culvert.handshake.Refusal;
import dev.culvert.turn.EventReader;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A route in mode {@code turns}: takes requests of callers who may use it. */
record TurnRoute(Gateway gateway, Settings settings, Route route) {

  void take(
      ClientRequest request,
      ForwardedClient client,
      HttpServletRequest http,
      HttpServletResponse response)
      throws IOException {
    Optional<Refusal> refusal =
        method(request)
            .or(() -> upgrade(request))
            .or(() -> Origins.check(request, route, client))
            .or(() -> missingLibrary(gateway, route));
    if (refusal.isPresent()) {
      HandshakeLog.ended(
          gateway,
          route,
          client.addressText(),
          refusal.get().outcome(),
          refusal.get().status(),
          refusal.get().detail());
      new Answers(gateway.host()).refuse(http, response, refusal.get());
      return;
    }
    Duration patience = route.limits().stallTimeout();
    // Not for the answer: the host learns of the server's threads, which it has to look after.
    String unused = gateway.host().refusal(http);
    AsyncContext async = http.startAsync(http, response);
    async.setTimeout(0); // the turn and the reading of the body have bounds of their own
    new TurnExchange(
            gateway.turns(),
            new TurnStarter(
                gateway, settings, route, TurnCaller.of(settings, request, client, http)),
            async,
            new ServletAnswer(gateway.host(), async, gateway.turns(), patience),
            patience)
        .start();
  }

  /**
   * With another upgrade than the server's own to HTTP/2, Payara takes whatever follows for the
   * body, which then never ends.
   */
  private static Optional<Refusal> upgrade(ClientRequest request) {
    List<String> tokens = request.headers().tokens("Upgrade");
    return tokens.stream().allMatch("h2c"::equalsIgnoreCase)
        ? Optional.empty()
        : Optional.of(
            Refusal.refused(
                HttpServletResponse.SC_BAD_REQUEST,
                Headers.NONE,
                "Upgrade: " + tokens + " (expected: absent)"));
  }

  /** The server's own thread is the one that finds the library. */
  static Optional<Refusal> missingLibrary(Gateway gateway, Route route) {
    try {
      EventReader unused = gateway.turns().reader(route.turn().preset());
      return Optional.empty();
    } catch (LinkageError e) {
      return Optional.of(
          new Refusal(
              Outcome.ERROR,
              HttpServletResponse.SC_NOT_IMPLEMENTED,
              Headers.NONE,
              "the server has no Jakarta JSON Processing: " + e.getMessage()));
    }
  }

  private static Optional<Refusal> method(ClientRequest request) {
    return request.method().equals("POST")
        ? Optional.empty()
        : Optional.of(
            Refusal.refused(
                HttpServletResponse.SC_METHOD_NOT_ALLOWED,
                Headers.of("Allow", "POST"),
                "method: " + request.method() + " (expected: POST)"));
  }
}
