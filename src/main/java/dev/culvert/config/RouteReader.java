package dev.culvert.config;

import dev.culvert.config.Route.HostHeader;
import dev.culvert.config.Route.Mode;
import dev.culvert.config.Route.OnRedeploy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Reads routes and the defaults of their keys. */
final class RouteReader {

  private static final Duration CLOSE_GRACE = Duration.ofSeconds(2);
  private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration PING_INTERVAL = Duration.ofSeconds(50);

  private static final Duration STALL_TIMEOUT = Duration.ofSeconds(30);

  /** Names that clients of language models use. */
  private static final List<Feature> SESSION =
      List.of(
          new Feature(Feature.Kind.HEADER, "x-conversation-id"),
          new Feature(Feature.Kind.HEADER, "session_id"));

  private static final Set<String> WEBSOCKET = Set.of("websocket");

  private final Source source;
  private final Keys keys;

  RouteReader(Source source, Keys keys) {
    this.source = source;
    this.keys = keys;
  }

  /** Notes the problems of the defaults, also of those that no route uses. */
  void checkDefaults() {
    Target any = new Target("defaults", new PathPattern("/*"), Optional.empty(), List.of());
    route(any, Mode.TUNNEL, List.of(KeyCatalogue.DEFAULTS));
  }

  /** The route; empty, with problems noted, when it has no usable path. */
  Optional<Route> read(String name, Set<String> upstreams) {
    String prefix = KeyCatalogue.ROUTES + name + ".";
    Section own = new Section(source, prefix);
    Optional<PathPattern> path =
        own.required("path", "a pattern such as /chat/*", PathPattern::new);
    Optional<String> host = own.find("host", Hosts::parse);
    Mode mode = own.get("mode", Mode.TUNNEL, Words::mode);
    List<String> targets =
        own.requiredList(
            "upstreams",
            "names of upstreams",
            Words.oneOfNames(
                upstreams, "an upstream that has " + KeyCatalogue.UPSTREAMS + "<name>.url"));
    Target target = new Target(name, path.orElse(new PathPattern("/*")), host, targets);
    Route route = route(target, mode, List.of(prefix, KeyCatalogue.DEFAULTS));
    return path.map(usable -> route);
  }

  private Route route(Target target, Mode mode, List<String> prefixes) {
    Section section = new Section(source, prefixes);
    return new Route(
        target.name(),
        target.path(),
        target.host(),
        mode,
        target.upstreams(),
        mode == Mode.TUNNEL ? set(section, "upgrades", Words::upgrade, WEBSOCKET) : WEBSOCKET,
        section.find("rewrite", Paths::rewrite),
        set(section, "roles", Function.identity(), Set.of()),
        set(section, "origins", Urls::origin, Set.of()),
        onRedeploy(mode, section, prefixes.get(0)),
        section.get("close-delay", Duration.ZERO, Durations::zeroOrMore),
        section.get("close-jitter", Duration.ZERO, Durations::zeroOrMore),
        section.get("close-grace", CLOSE_GRACE, Durations::shortWait),
        section.get("handshake-timeout", HANDSHAKE_TIMEOUT, Durations::timeout),
        limits(section),
        section.get("max-streams", 0, Words::count),
        headers(prefixes, "headers.request."),
        headers(prefixes, "headers.response."),
        section.get("host-header", HostHeader.PASS, Words::hostHeader),
        section.get("policy", Policy.WEIGHTED, Policy::parse),
        section.list("session", Feature::parse).orElse(SESSION),
        retry(section),
        hedge(section),
        new TurnRulesReader(source, section, prefixes.get(0)).read(mode == Mode.TURNS),
        http(section));
  }

  /** A default of the streams that may outlive their deployment is none of those that cannot. */
  private OnRedeploy onRedeploy(Mode mode, Section section, String own) {
    return switch (mode) {
      case RELAY -> alwaysClose(own, Words::onRedeployOfRelay);
      case HTTP -> alwaysClose(own, Words::onRedeployOfRequests);
      case TUNNEL, TURNS -> section.get("on-redeploy", OnRedeploy.CLOSE, Words::onRedeploy);
    };
  }

  private OnRedeploy alwaysClose(String own, Function<String, OnRedeploy> parser) {
    return new Section(source, own).get("on-redeploy", OnRedeploy.CLOSE, parser);
  }

  private static RetryRules retry(Section section) {
    RetryRules usual = RetryRules.DEFAULTS;
    return new RetryRules(
        section.get("retry.count", usual.count(), Words::retries),
        section.get("retry.backoff", usual.backoff(), Durations::shortWait),
        section.get("retry.attempts", usual.attempts(), Words::few),
        set(section, "retry.methods", Words::method, usual.methods()));
  }

  private static HedgeRules hedge(Section section) {
    HedgeRules usual = HedgeRules.NONE;
    return new HedgeRules(
        section.get("hedge.first-byte-timeout", usual.firstByteTimeout(), Durations::shortWait),
        section.get("hedge.max", usual.max(), Words::few));
  }

  private static HttpRules http(Section section) {
    HttpRules usual = HttpRules.DEFAULTS;
    return new HttpRules(
        section.find("http.connect-timeout", Durations::timeout),
        section.find("http.tls-timeout", Durations::timeout),
        section.get("http.response-timeout", usual.responseTimeout(), Durations::zeroOrMore),
        section.get("http.max-request", usual.maxRequest(), Sizes::parse),
        section.get("http.max-response", usual.maxResponse(), Sizes::parse));
  }

  private static StreamLimits limits(Section section) {
    return new StreamLimits(
        section.get("stream.timeout", Duration.ZERO, Durations::zeroOrMore),
        section.get("stream.idle-timeout", Duration.ZERO, Durations::zeroOrMore),
        section.get("stream.ping-interval", PING_INTERVAL, Durations::zeroOrMore),
        section.get("stream.stall-timeout", STALL_TIMEOUT, Durations::timeout),
        section.get("stream.expires", true, Words::expires),
        section.get("stream.max-frame", 0L, Sizes::parse),
        section.get("stream.max-message", 0L, Sizes::parse));
  }

  private HeaderRules headers(List<String> prefixes, String direction) {
    List<String> below = prefixes.stream().map(prefix -> prefix + direction).toList();
    return new HeaderRulesReader(source, keys, below).read();
  }

  private static <T> Set<T> set(
      Section section, String key, Function<String, T> entry, Set<T> otherwise) {
    return section.list(key, entry).<Set<T>>map(Set::copyOf).orElse(otherwise);
  }

  /** What a route has and the defaults have not. */
  private record Target(
      String name, PathPattern path, Optional<String> host, List<String> upstreams) {}
}
