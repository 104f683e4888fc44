package dev.culvert.route;

import dev.culvert.access.Access;
import dev.culvert.config.Route;
import dev.culvert.config.Settings;
import dev.culvert.endpoint.Endpoints;
import dev.culvert.handshake.ClientHandshake;
import dev.culvert.handshake.ClientRequest;
import dev.culvert.handshake.ForwardedClient;
import dev.culvert.handshake.Framing;
import dev.culvert.handshake.Headers;
import dev.culvert.handshake.Origins;
import dev.culvert.handshake.Outcome;
import dev.culvert.handshake.Refusal;
import dev.culvert.relay.Relays;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.MappingMatch;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;

/**
 * Takes the requests that belong to a route; all others go on down the chain. What can be refused
 * at once is answered here, the rest goes on asynchronously in {@link TunnelHandshake}. Requests
 * that are dispatched come from there, or from other parts of the application, whose they remain.
 */
final class TunnelFilter implements Filter {

  private static final Logger LOG = System.getLogger("dev.culvert.handshake");

  private final Gateway gateway;

  private final Optional<Endpoints> endpoints;
  private final Relays relays;

  /**
   * @param endpoints empty on a server without WebSocket endpoints
   */
  TunnelFilter(Gateway gateway, Optional<Endpoints> endpoints, Relays relays) {
    this.gateway = gateway;
    this.endpoints = endpoints;
    this.relays = relays;
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (request.getDispatcherType() == DispatcherType.ASYNC) {
      Optional<DispatchSuspension> suspension = DispatchSuspension.of(request);
      if (suspension.isPresent()) {
        suspension.get().dispatched();
      } else {
        chain.doFilter(request, response);
      }
      return;
    }
    if (request instanceof HttpServletRequest http
        && response instanceof HttpServletResponse httpResponse) {
      Configuration configuration = gateway.configuration();
      Optional<Route> route =
          configuration.routes().match(http.getServerName(), Requests.path(http));
      if (route.isPresent() && !belongsToServlet(http)) {
        handle(configuration, route.get(), http, httpResponse);
        return;
      }
      Optional<Refusal> unclear = framingFault(http);
      if (unclear.isPresent()) { // whatever it is: what comes after it may be meant for a route
        LOG.log(
            Level.INFO,
            "CULVERT-R003 refused, and of no route: peer={0} status={1} detail={2}",
            http.getRemoteAddr(),
            Integer.toString(unclear.get().status()),
            unclear.get().detail());
        new Answers(gateway.host()).refuse(http, httpResponse, unclear.get());
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
   * What servlets answer: {@link Administration}, and at the root context what the server keeps for
   * itself, such as {@code /metrics} and {@code /health}. A route for everything must not hide
   * them. Who answers by the end of the name is the server's compiler of pages, and there are none.
   */
  private static boolean belongsToServlet(HttpServletRequest http) {
    MappingMatch match = http.getHttpServletMapping().getMappingMatch();
    return http.getHeader("Upgrade") == null
        && match != MappingMatch.DEFAULT
        && match != MappingMatch.EXTENSION;
  }

  private void handle(
      Configuration configuration,
      Route route,
      HttpServletRequest http,
      HttpServletResponse response)
      throws IOException, ServletException {
    Settings settings = configuration.settings();
    ClientRequest request = request(route, http);
    ForwardedClient client = ForwardedClient.of(request, settings.trustedProxies());
    Optional<Refusal> unclear =
        framingFault(http).or(() -> pathFault(configuration, route, request, http));
    if (unclear.isPresent()) {
      refuse(request, route, client, http, response, unclear.get());
      return;
    }
    Access.Result access = access(route, http, response);
    if (access instanceof Access.Result.Denied denied) {
      Refusal refusal =
          new Refusal(Outcome.FORBIDDEN, denied.status(), Headers.NONE, denied.detail());
      refuse(request, route, client, http, response, refusal);
      return;
    }
    if (access instanceof Access.Result.Challenged) {
      gateway.host().decline(http);
      int status = response.getStatus();
      log(request, route, client, Outcome.FORBIDDEN, status, "challenged by the server");
      return;
    }
    if (route.mode() == Route.Mode.TURNS) {
      if (TurnSocketOpening.isAskedFor(request)) {
        new TurnSocketOpening(gateway, route, endpoints).open(request, client, http, response);
      } else {
        new TurnRoute(gateway, settings, route).take(request, client, http, response);
      }
      return;
    }
    if (route.mode() == Route.Mode.HTTP) {
      new HttpRoute(gateway, settings, route).take(request, client, http, response);
      return;
    }
    ClientHandshake handshake = ClientHandshake.check(request, route);
    if (handshake instanceof Refusal refusal) {
      refuse(request, route, client, http, response, refusal);
      return;
    }
    Optional<Refusal> wrongOrigin = Origins.check(request, route, client);
    if (wrongOrigin.isPresent()) {
      refuse(request, route, client, http, response, wrongOrigin.get());
      return;
    }
    Opening opening = opening(settings, route, http);
    String reason = opening.refusal(http);
    if (reason != null) {
      refuse(
          request,
          route,
          client,
          http,
          response,
          new Refusal(Outcome.ERROR, 501, Headers.NONE, reason));
      return;
    }
    HandshakeRequest asked =
        new HandshakeRequest(
            settings, route, request, client, (ClientHandshake.Accepted) handshake);
    new TunnelHandshake(gateway, asked, opening, http, response).start();
  }

  private static Optional<Refusal> framingFault(HttpServletRequest http) {
    return Framing.check(http.getProtocol(), Requests.lengths(http));
  }

  /** Nobody shall reach what is one route's through another one, with roles of its own. */
  private static Optional<Refusal> pathFault(
      Configuration configuration, Route route, ClientRequest request, HttpServletRequest http) {
    if (!Requests.isBelowContextPath(http)) {
      return Optional.of(
          Refusal.badRequest(
              "path: " + http.getRequestURI() + " (expected: " + http.getContextPath() + "/...)"));
    }
    String path = Requests.path(http);
    String slashed = Requests.withMoreSlashes(path);
    return slashed.equals(path)
            || configuration
                .routes()
                .match(http.getServerName(), slashed)
                .equals(Optional.of(route))
        ? Optional.empty()
        : Optional.of(
            Refusal.badRequest(
                "path: " + request.path() + " (expected: slashes that are not encoded)"));
  }

  /** A relay's upstream gets no offer of extensions: the endpoint and the relay know none. */
  private static ClientRequest request(Route route, HttpServletRequest http) {
    ClientRequest request = Requests.of(http);
    return route.mode() == Route.Mode.RELAY
        ? request.withoutHeader("Sec-WebSocket-Extensions")
        : request;
  }

  private Opening opening(Settings settings, Route route, HttpServletRequest http) {
    return switch (route.mode()) {
      case TUNNEL ->
          gateway.takeOver().isPossible(settings, http)
              ? new TunnelOpening(gateway)
              : new PortableOpening(gateway, route);
      case RELAY -> new RelayOpening(gateway, route, endpoints, relays);
      case TURNS, HTTP -> throw new IllegalStateException(route.mode() + ": no streams");
    };
  }

  private static Access.Result access(
      Route route, HttpServletRequest http, HttpServletResponse response) throws IOException {
    return route.roles().isEmpty()
        ? new Access.Result.Granted()
        : Access.check(route.roles(), http, response);
  }

  private void refuse(
      ClientRequest request,
      Route route,
      ForwardedClient client,
      HttpServletRequest http,
      HttpServletResponse response,
      Refusal refusal)
      throws IOException {
    log(request, route, client, refusal.outcome(), refusal.status(), refusal.detail());
    new Answers(gateway.host()).refuse(http, response, refusal);
  }

  private void log(
      ClientRequest request,
      Route route,
      ForwardedClient client,
      Outcome outcome,
      int status,
      String detail) {
    if (route.mode() == Route.Mode.HTTP) {
      new HttpReport(gateway, route, client.addressText(), request).ended(status, detail);
    } else {
      HandshakeLog.ended(gateway, route, client.addressText(), outcome, status, detail);
    }
  }
}
