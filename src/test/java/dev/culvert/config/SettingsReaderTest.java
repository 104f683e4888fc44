package dev.culvert.config;

import static dev.culvert.config.Configs.chat;
import static dev.culvert.config.Configs.problemsWith;
import static dev.culvert.config.Configs.read;
import static dev.culvert.config.Configs.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.config.Route.HostHeader;
import dev.culvert.config.Route.Mode;
import dev.culvert.config.Route.OnRedeploy;
import dev.culvert.config.Upstream.Address;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsReaderTest {

  @Test
  void emptyConfigurationIsLegalAndHasTheDefaults() {
    assertThat(read(Map.of()))
        .isEqualTo(
            new Settings(
                Map.of(),
                Map.of(),
                List.of(),
                new StreamLog(System.Logger.Level.DEBUG, "dev.culvert.stream", true),
                Duration.ofSeconds(5),
                List.of(
                    Duration.ofMillis(100),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(10),
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(5),
                    Duration.ofMinutes(15),
                    Duration.ofHours(1),
                    Duration.ofHours(4),
                    Duration.ofHours(12),
                    Duration.ofDays(1),
                    Duration.ofDays(3),
                    Duration.ofDays(7)),
                new AdminRules(Set.of("culvert-admin"), Set.of("culvert-reader")),
                Duration.ofSeconds(10),
                true,
                PoolRules.DEFAULTS,
                Map.of(),
                SessionRules.DEFAULTS,
                TransportRules.DEFAULTS));
  }

  @Test
  void smallestRouteHasTheDefaults() {
    assertThat(chat())
        .isEqualTo(
            new Route(
                "chat",
                new PathPattern("/chat/*"),
                Optional.empty(),
                Mode.TUNNEL,
                List.of("a"),
                Set.of("websocket"),
                Optional.empty(),
                Set.of(),
                Set.of(),
                OnRedeploy.CLOSE,
                Duration.ZERO,
                Duration.ZERO,
                Duration.ofSeconds(2),
                Duration.ofSeconds(10),
                new StreamLimits(
                    Duration.ZERO,
                    Duration.ZERO,
                    Duration.ofSeconds(50),
                    Duration.ofSeconds(30),
                    true,
                    0,
                    0),
                0,
                HeaderRules.NONE,
                HeaderRules.NONE,
                HostHeader.PASS,
                Policy.WEIGHTED,
                List.of(
                    new Feature(Feature.Kind.HEADER, "x-conversation-id"),
                    new Feature(Feature.Kind.HEADER, "session_id")),
                RetryRules.DEFAULTS,
                HedgeRules.NONE,
                TurnRules.DEFAULTS,
                HttpRules.DEFAULTS));
  }

  @Test
  void everyKeyOfARouteIsRead() {
    Route route =
        chat(
            "culvert.routes.chat.path", "/talk",
            "culvert.routes.chat.host", "Chat.Example.org",
            "culvert.routes.chat.mode", "tunnel",
            "culvert.routes.chat.upstreams", "b, a",
            "culvert.routes.chat.upgrades", "WebSocket, stress-stream",
            "culvert.routes.chat.rewrite", "/v2{path}?{query}",
            "culvert.routes.chat.roles", "user, Admin",
            "culvert.routes.chat.origins", "https://App.example, null",
            "culvert.routes.chat.on-redeploy", "detached",
            "culvert.routes.chat.close-delay", "40ms",
            "culvert.routes.chat.close-jitter", "30s",
            "culvert.routes.chat.close-grace", "5s",
            "culvert.routes.chat.handshake-timeout", "PT20S",
            "culvert.routes.chat.stream.timeout", "2d",
            "culvert.routes.chat.stream.idle-timeout", "PT55M",
            "culvert.routes.chat.stream.ping-interval", "20s",
            "culvert.routes.chat.stream.stall-timeout", "5s",
            "culvert.routes.chat.stream.expires", "never",
            "culvert.routes.chat.stream.max-frame", "64KiB",
            "culvert.routes.chat.stream.max-message", "16MiB",
            "culvert.routes.chat.max-streams", "1200",
            "culvert.routes.chat.policy", "hash:cookie:Sticky",
            "culvert.routes.chat.session", "header:X-Session, user",
            "culvert.routes.chat.retry.count", "0",
            "culvert.routes.chat.retry.backoff", "50ms",
            "culvert.routes.chat.retry.attempts", "3",
            "culvert.routes.chat.retry.methods", "GET, POST",
            "culvert.routes.chat.hedge.first-byte-timeout", "2s",
            "culvert.routes.chat.hedge.max", "1",
            "culvert.routes.chat.http.connect-timeout", "1s",
            "culvert.routes.chat.http.tls-timeout", "2s",
            "culvert.routes.chat.http.response-timeout", "3s",
            "culvert.routes.chat.http.max-request", "1KiB",
            "culvert.routes.chat.http.max-response", "2KiB",
            "culvert.routes.chat.headers.request.set.X-Tenant", "blue, green",
            "culvert.routes.chat.headers.request.add.Via", "1.1 one, 1.1 two",
            "culvert.routes.chat.headers.request.remove", "Cookie, X-Debug",
            "culvert.routes.chat.headers.response.set.Server", "culvert",
            "culvert.routes.chat.headers.response.add.X-A", "1",
            "culvert.routes.chat.headers.response.remove", "X-Powered-By",
            "culvert.routes.chat.host-header", "upstream",
            "culvert.upstreams.b.url", "ws://b");

    assertThat(route)
        .isEqualTo(
            new Route(
                "chat",
                new PathPattern("/talk"),
                Optional.of("chat.example.org"),
                Mode.TUNNEL,
                List.of("b", "a"),
                Set.of("websocket", "stress-stream"),
                Optional.of("/v2{path}?{query}"),
                Set.of("user", "Admin"),
                Set.of("https://app.example", "null"),
                OnRedeploy.DETACHED,
                Duration.ofMillis(40),
                Duration.ofSeconds(30),
                Duration.ofSeconds(5),
                Duration.ofSeconds(20),
                new StreamLimits(
                    Duration.ofDays(2),
                    Duration.ofMinutes(55),
                    Duration.ofSeconds(20),
                    Duration.ofSeconds(5),
                    false,
                    65_536,
                    16_777_216),
                1200,
                new HeaderRules(
                    Map.of("X-Tenant", "blue, green"),
                    Map.of("Via", List.of("1.1 one", "1.1 two")),
                    Set.of("cookie", "x-debug")),
                new HeaderRules(
                    Map.of("Server", "culvert"),
                    Map.of("X-A", List.of("1")),
                    Set.of("x-powered-by")),
                HostHeader.UPSTREAM,
                new Policy(
                    Policy.Kind.HASH, Optional.of(new Feature(Feature.Kind.COOKIE, "Sticky"))),
                List.of(
                    new Feature(Feature.Kind.HEADER, "x-session"),
                    new Feature(Feature.Kind.USER, "")),
                new RetryRules(0, Duration.ofMillis(50), 3, Set.of("GET", "POST")),
                new HedgeRules(Duration.ofSeconds(2), 1),
                TurnRules.DEFAULTS,
                new HttpRules(
                    Optional.of(Duration.ofSeconds(1)),
                    Optional.of(Duration.ofSeconds(2)),
                    Duration.ofSeconds(3),
                    1024,
                    2048)));
  }

  @Test
  void everyOtherKeyIsRead() {
    Settings settings =
        read(
            with(
                "culvert.upstreams.a.url", "ws://one:81/x/, http://[::1]",
                "culvert.upstreams.a.enabled", "false",
                "culvert.upstreams.a.priority", "1",
                "culvert.upstreams.a.weight", "0",
                "culvert.upstreams.a.groups", "gold",
                "culvert.routes.chat.roles", "**",
                "culvert.upstreams.a.max-sessions", "2",
                "culvert.upstreams.a.max-streams", "3",
                "culvert.upstreams.a.health.path", "/health?full",
                "culvert.upstreams.a.health.interval", "7s",
                "culvert.upstreams.a.health.timeout", "1s",
                "culvert.upstreams.a.health.passes", "4",
                "culvert.upstreams.a.health.fails", "5",
                "culvert.upstreams.a.breaker.failures", "6",
                "culvert.upstreams.a.breaker.open", "8s",
                "culvert.upstreams.a.breaker.max-open", "80s",
                "culvert.upstreams.a.breaker.probes", "9",
                "culvert.upstreams.a.breaker.successes", "10",
                "culvert.trusted-proxies", "10.0.0.0/8, 192.168.1.1",
                "culvert.stream.logs.level", "info",
                "culvert.stream.logs.logger", "streams",
                "culvert.stream.logs.handshake", "false",
                "culvert.transport.connect-timeout", "1s",
                "culvert.admin.roles", "ops, boss",
                "culvert.admin.read-roles", "watch",
                "culvert.reload-interval", "0",
                "culvert.metrics.duration-buckets", "1s, 1m, 1h"));

    assertThat(settings.upstreams())
        .containsExactly(
            Map.entry(
                "a",
                new Upstream(
                    "a",
                    List.of(
                        new Address("ws", "one", 81, "/x"), new Address("http", "[::1]", 80, "")),
                    Optional.empty(),
                    false,
                    List.of(),
                    1,
                    0,
                    Set.of("gold"),
                    2,
                    3,
                    new HealthRules(
                        Optional.of("/health?full"),
                        Duration.ofSeconds(7),
                        Duration.ofSeconds(1),
                        4,
                        5),
                    new BreakerRules(6, Duration.ofSeconds(8), Duration.ofSeconds(80), 9, 10))));
    assertThat(settings.trustedProxies())
        .containsExactly(Cidr.parse("10.0.0.0/8"), Cidr.parse("192.168.1.1/32"));
    assertThat(settings.streamLog())
        .isEqualTo(new StreamLog(System.Logger.Level.INFO, "streams", false));
    assertThat(settings.connectTimeout()).isEqualTo(Duration.ofSeconds(1));
    assertThat(settings.admin()).isEqualTo(new AdminRules(Set.of("ops", "boss"), Set.of("watch")));
    assertThat(settings.reloadInterval()).isZero();
    assertThat(settings.durationBuckets())
        .containsExactly(Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofHours(1));
  }

  @Test
  void defaultsCanBeWrittenOut() {
    Route route =
        chat(
            "culvert.routes.chat.mode", "tunnel",
            "culvert.routes.chat.on-redeploy", "close",
            "culvert.routes.chat.host-header", "pass",
            "culvert.routes.chat.stream.expires", "credential",
            "culvert.routes.chat.max-streams", "2147483647",
            "culvert.routes.chat.stream.timeout", "0");

    assertThat(route.onRedeploy()).isEqualTo(OnRedeploy.CLOSE);
    assertThat(route.hostHeader()).isEqualTo(HostHeader.PASS);
    assertThat(route.limits().expires()).isTrue();
    assertThat(route.maxStreams()).isEqualTo(Integer.MAX_VALUE);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void upstreamIsEnabledOrNot(boolean enabled) {
    Settings settings = read(with("culvert.upstreams.a.enabled", String.valueOf(enabled)));

    assertThat(settings.upstreams().get("a").enabled()).isEqualTo(enabled);
  }

  @Test
  void defaultHoldsForRoutesThatDoNotSetTheKey() {
    Settings settings =
        read(
            with(
                "culvert.defaults.on-redeploy", "detached",
                "culvert.defaults.stream.idle-timeout", "1h",
                "culvert.routes.news.path", "/news",
                "culvert.routes.news.upstreams", "a",
                "culvert.routes.news.stream.idle-timeout", "5m"));

    assertThat(settings.routes().get("chat").limits().idleTimeout()).isEqualTo(Duration.ofHours(1));
    assertThat(settings.routes().get("news").limits().idleTimeout())
        .isEqualTo(Duration.ofMinutes(5));
    assertThat(settings.routes().get("news").onRedeploy()).isEqualTo(OnRedeploy.DETACHED);
  }

  @Test
  void requestsCannotOutliveTheirDeployment() {
    assertThat(
            problemsWith(
                "culvert.routes.chat.mode", "http",
                "culvert.routes.chat.on-redeploy", "detached"))
        .containsExactly(
            "culvert.routes.chat.on-redeploy: detached"
                + " (requests end with their deployment; expected: close)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "relay"})
  void aDefaultForStreamsThatCanIsNoneForThem(String mode) {
    Route route =
        chat("culvert.routes.chat.mode", mode, "culvert.defaults.on-redeploy", "detached");

    assertThat(route.onRedeploy()).isEqualTo(OnRedeploy.CLOSE);
  }

  @Test
  void aRelayTakesWebSocketsAndEndsWithItsDeployment() {
    Route route = chat("culvert.routes.chat.mode", "relay", "culvert.routes.chat.upgrades", "raw");

    assertThat(route.mode()).isEqualTo(Mode.RELAY);
    assertThat(route.upgrades()).containsExactly("websocket");
    assertThat(
            problemsWith(
                "culvert.routes.chat.mode", "relay",
                "culvert.routes.chat.on-redeploy", "detached"))
        .containsExactly(
            "culvert.routes.chat.on-redeploy: detached"
                + " (a relay ends with its deployment; expected: close)");
  }
}
