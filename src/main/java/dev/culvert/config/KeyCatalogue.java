package dev.culvert.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All kinds of keys. */
final class KeyCatalogue {

  static final String ROUTES = "culvert.routes.";
  static final String DEFAULTS = "culvert.defaults.";
  static final String UPSTREAMS = "culvert.upstreams.";
  static final String ACCOUNTS = "culvert.accounts.";

  /** Keys of a route without a default for all routes. */
  private static final List<String> ROUTE_ONLY = List.of("path", "host", "mode", "upstreams");

  private static final List<String> ROUTE =
      List.of(
          "upgrades",
          "rewrite",
          "roles",
          "origins",
          "on-redeploy",
          "close-delay",
          "close-jitter",
          "close-grace",
          "handshake-timeout",
          "stream.timeout",
          "stream.idle-timeout",
          "stream.ping-interval",
          "stream.stall-timeout",
          "stream.expires",
          "stream.max-frame",
          "stream.max-message",
          "max-streams",
          "policy",
          "session",
          "retry.count",
          "retry.backoff",
          "retry.attempts",
          "retry.methods",
          "hedge.first-byte-timeout",
          "hedge.max",
          "http.connect-timeout",
          "http.tls-timeout",
          "http.response-timeout",
          "http.max-request",
          "http.max-response",
          "headers.request.set.<header>",
          "headers.request.add.<header>",
          "headers.request.remove",
          "headers.response.set.<header>",
          "headers.response.add.<header>",
          "headers.response.remove",
          "host-header",
          "preset",
          "turn.request-type",
          "turn.type-field",
          "turn.terminals",
          "turn.completed",
          "turn.metadata",
          "turn.visible",
          "turn.statuses",
          "turn.connection-limit",
          "turn.lane-field",
          "turn.conversation",
          "turn.headers",
          "turn.replayable",
          "turn.heartbeat");

  private static final List<String> UPSTREAM =
      List.of(
          "url",
          "enabled",
          "priority",
          "weight",
          "groups",
          "max-sessions",
          "max-streams",
          "health.path",
          "health.interval",
          "health.timeout",
          "health.passes",
          "health.fails",
          "breaker.failures",
          "breaker.open",
          "breaker.max-open",
          "breaker.probes",
          "breaker.successes",
          "accounts",
          "tls.trust",
          "tls.trust-password",
          "tls.key",
          "tls.key-password",
          "tls.server-name");

  private static final List<String> GLOBAL =
      List.of(
          "trusted-proxies",
          "stream.logs.level",
          "stream.logs.logger",
          "stream.logs.handshake",
          "take-over",
          "transport.connect-timeout",
          "transport.tls-timeout",
          "transport.max-idle",
          "transport.max-idle-per-host",
          "transport.keep-alive",
          "transport.max-per-host",
          "transport.http2",
          "transport.proxy",
          "transport.no-proxy",
          "sessions.store",
          "sessions.ttl",
          "sessions.fail-open",
          "sessions.redis.url",
          "sessions.redis.prefix",
          "sessions.redis.tls.trust",
          "sessions.redis.tls.trust-password",
          "sessions.redis.tls.key",
          "sessions.redis.tls.key-password",
          "sessions.redis.tls.server-name",
          "admin.roles",
          "admin.read-roles",
          "reload-interval",
          "metrics.duration-buckets",
          "pool.enabled",
          "pool.max-age",
          "pool.max-per-account",
          "pool.ping-interval",
          "pool.open-timeout",
          "pool.response-start-timeout",
          "pool.on-redeploy");

  static final List<KeyTemplate> TEMPLATES = templates();

  private KeyCatalogue() {}

  /** The kind of a key, if there is one. */
  static Optional<KeyTemplate> find(String key) {
    return TEMPLATES.stream().filter(template -> template.matches(key)).findFirst();
  }

  private static List<KeyTemplate> templates() {
    List<KeyTemplate> all = new ArrayList<>();
    add(all, ROUTES + "<name>.", ROUTE_ONLY);
    for (String scope : List.of(ROUTES + "<name>.", DEFAULTS)) {
      add(all, scope, ROUTE);
    }
    add(all, UPSTREAMS + "<name>.", UPSTREAM);
    add(all, ACCOUNTS + "<name>.", List.of("header.<header>"));
    add(all, "culvert.", GLOBAL);
    return List.copyOf(all);
  }

  private static void add(List<KeyTemplate> all, String scope, List<String> keys) {
    keys.forEach(key -> all.add(new KeyTemplate(scope + key)));
  }
}
