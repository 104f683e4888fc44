package dev.culvert.route;

import dev.culvert.config.Route;
import dev.culvert.config.Settings;
import dev.culvert.handshake.ClientRequest;
import dev.culvert.handshake.ForwardedClient;
import dev.culvert.handshake.Headers;
import dev.culvert.handshake.MaxForwards;
import dev.culvert.handshake.Methods;
import dev.culvert.handshake.Origins;
import dev.culvert.handshake.Refusal;
import dev.culvert.handshake.RequestFeatures;
import dev.culvert.provider.Ask;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** A route in mode {@code http}: takes requests of callers who may use it. */
record HttpRoute(Gateway gateway, Settings settings, Route route) {

  void take(
      ClientRequest request,
      ForwardedClient client,
      HttpServletRequest http,
      HttpServletResponse response)
      throws IOException {
    HttpReport report = new HttpReport(gateway, route, client.addressText(), request);
    long longestBody = BodyLimit.of(http, route.http().maxRequest());
    Optional<Refusal> refusal =
        Methods.check(request)
            .or(() -> MaxForwards.check(request))
            .or(() -> upgrade(request))
            .or(() -> Origins.check(request, route, client))
            .or(() -> tooLong(http, longestBody));
    if (refusal.isPresent()) {
      report.ended(refusal.get().status(), refusal.get().detail());
      new Answers(gateway.host()).refuse(http, response, refusal.get());
      return;
    }
    if (MaxForwards.isSpent(request)) {
      report.answered(HttpServletResponse.SC_NO_CONTENT);
      new Answers(gateway.host()).allow(http, response);
      return;
    }
    // Not for the answer: the host learns of the server's threads, which it has to look after.
    String unused = gateway.host().refusal(http);
    Caller caller = Caller.of(http);
    RequestFeatures features =
        new RequestFeatures(request.headers(), client.addressText(), caller.user());
    Ask ask = Asks.of(route, features, http::isUserInRole);
    ClientRequest whole = request.withBody(HttpInput.isExpected(http));
    HttpPlan plan = new HttpPlan(gateway, settings, route, whole, client, ask.session(), report);
    AsyncContext async = http.startAsync(http, response);
    async.setTimeout(0); // the route's limits hold
    new HttpExchange(gateway, route, plan, ask, async, longestBody, report).start();
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
            Refusal.badRequest(
                "Upgrade: " + tokens + " (expected: absent, the route's mode is http)"));
  }

  private static Optional<Refusal> tooLong(HttpServletRequest http, long most) {
    return most > 0 && http.getContentLengthLong() > most
        ? Optional.of(
            Refusal.refused(
                HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE,
                Headers.NONE,
                "Content-Length: "
                    + http.getContentLengthLong()
                    + " (expected: at most "
                    + most
                    + ")"))
        : Optional.empty();
  }
}
