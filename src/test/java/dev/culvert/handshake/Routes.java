package dev.culvert.handshake;

import dev.culvert.config.BreakerRules;
import dev.culvert.config.HeaderRules;
import dev.culvert.config.HealthRules;
import dev.culvert.config.HedgeRules;
import dev.culvert.config.HttpRules;
import dev.culvert.config.PathPattern;
import dev.culvert.config.Policy;
import dev.culvert.config.RetryRules;
import dev.culvert.config.Route;
import dev.culvert.config.StreamLimits;
import dev.culvert.config.TurnRules;
import dev.culvert.config.Upstream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Routes that differ from a plain WebSocket tunnel in one thing. */
final class Routes {

  static final Route PLAIN = new Routes().route();
  static final Upstream UPSTREAM = upstream("ws", "up.test", 9000, "");

  private Set<String> upgrades = Set.of("websocket");
  private Optional<String> rewrite = Optional.empty();
  private Set<String> origins = Set.of();
  private HeaderRules requestHeaders = HeaderRules.NONE;
  private HeaderRules responseHeaders = HeaderRules.NONE;
  private Route.HostHeader hostHeader = Route.HostHeader.PASS;

  static Route allowing(String... upgrades) {
    Routes routes = new Routes();
    routes.upgrades = Set.of(upgrades);
    return routes.route();
  }

  static Route rewriting(String template) {
    Routes routes = new Routes();
    routes.rewrite = Optional.of(template);
    return routes.route();
  }

  static Route withOrigins(String... origins) {
    Routes routes = new Routes();
    routes.origins = Set.of(origins);
    return routes.route();
  }

  static Route withRequestRules(HeaderRules rules) {
    Routes routes = new Routes();
    routes.requestHeaders = rules;
    return routes.route();
  }

  static Route withResponseRules(HeaderRules rules) {
    Routes routes = new Routes();
    routes.responseHeaders = rules;
    return routes.route();
  }

  static Route withUpstreamHost() {
    Routes routes = new Routes();
    routes.hostHeader = Route.HostHeader.UPSTREAM;
    return routes.route();
  }

  static Upstream upstream(String scheme, String host, int port, String path) {
    return new Upstream(
        "up",
        List.of(new Upstream.Address(scheme, host, port, path)),
        Optional.empty(),
        true,
        List.of(),
        0,
        1,
        Set.of(),
        0,
        0,
        HealthRules.NONE,
        BreakerRules.DEFAULTS);
  }

  private Route route() {
    return new Route(
        "chat",
        new PathPattern("/chat/*"),
        Optional.empty(),
        Route.Mode.TUNNEL,
        List.of("up"),
        upgrades,
        rewrite,
        Set.of(),
        origins,
        Route.OnRedeploy.CLOSE,
        Duration.ZERO,
        Duration.ZERO,
        Duration.ofSeconds(2),
        Duration.ofSeconds(10),
        new StreamLimits(
            Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ofSeconds(30), false, 0, 0),
        7,
        requestHeaders,
        responseHeaders,
        hostHeader,
        Policy.WEIGHTED,
        List.of(),
        RetryRules.DEFAULTS,
        HedgeRules.NONE,
        TurnRules.DEFAULTS,
        HttpRules.DEFAULTS);
  }
}
