package dev.culvert.route;

import dev.culvert.config.Route;
import dev.culvert.config.Settings;
import dev.culvert.handshake.ClientHandshake;
import dev.culvert.handshake.ClientRequest;
import dev.culvert.handshake.ForwardedClient;
import dev.culvert.handshake.Origins;
import dev.culvert.handshake.Outcome;
import dev.culvert.handshake.Refusal;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.MappingMatch;
import java.io.IOException;
import java.util.Optional;

/**
 * Takes the requests that belong to a route; all others go on down the chain. What can be refused
 * at once is answered here, the rest goes on asynchronously in {@link TunnelHandshake}.
 */
final class TunnelFilter implements Filter {

  private final Gateway gateway;

  TunnelFilter(Gateway gateway) {
    this.gateway = gateway;
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (request instanceof HttpServletRequest http
        && response instanceof HttpServletResponse httpResponse) {
      Gateway.Configuration configuration = gateway.configuration();
      Optional<Route> route =
          configuration.routes().match(http.getServerName(), Requests.path(http));
      if (route.isPresent() && !belongsToServer(http)) {
        handle(configuration.settings(), route.get(), http, httpResponse);
        return;
      }
    }
    chain.doFilter(request, response);
  }

  @Override
  public void destroy() {
    gateway.ending();
  }

  /**
   * At the root context the server keeps paths such as {@code /metrics} and {@code /health} for
   * itself; a route for everything must not hide them.
   */
  private static boolean belongsToServer(HttpServletRequest http) {
    return http.getHeader("Upgrade") == null
        && http.getHttpServletMapping().getMappingMatch() != MappingMatch.DEFAULT;
  }

  private void handle(
      Settings settings, Route route, HttpServletRequest http, HttpServletResponse response)
      throws IOException {
    ClientRequest request = Requests.of(http);
    ForwardedClient client = ForwardedClient.of(request, settings.trustedProxies());
    Access.Result access = Access.check(route, http, response);
    if (access instanceof Access.Result.Denied denied) {
      refuse(route, client, http, response, denied.refusal());
      return;
    }
    if (access instanceof Access.Result.Challenged) {
      log(route, client, Outcome.FORBIDDEN, response.getStatus(), "challenged by the server");
      return;
    }
    ClientHandshake handshake = ClientHandshake.check(request, route);
    if (handshake instanceof Refusal refusal) {
      refuse(route, client, http, response, refusal);
      return;
    }
    Optional<Refusal> wrongOrigin = Origins.check(request, route, client);
    if (wrongOrigin.isPresent()) {
      refuse(route, client, http, response, wrongOrigin.get());
      return;
    }
    ClientHandshake.Accepted accepted = (ClientHandshake.Accepted) handshake;
    Candidates candidates = Candidates.of(settings, route, request, accepted.token(), client);
    if (candidates instanceof Candidates.None none) {
      refuse(route, client, http, response, none.refusal());
      return;
    }
    boolean portable = !gateway.takeOver().isPossible(settings, http);
    new TunnelHandshake(
            gateway,
            settings,
            route,
            request,
            client,
            accepted,
            (Candidates.Found) candidates,
            portable,
            http,
            response)
        .start();
  }

  private void refuse(
      Route route,
      ForwardedClient client,
      HttpServletRequest http,
      HttpServletResponse response,
      Refusal refusal)
      throws IOException {
    log(route, client, refusal.outcome(), refusal.status(), refusal.detail());
    new Answers(gateway.host()).refuse(http, response, refusal);
  }

  private void log(
      Route route, ForwardedClient client, Outcome outcome, int status, String detail) {
    HandshakeLog.ended(gateway, route, client.addressText(), outcome, status, detail);
  }
}
