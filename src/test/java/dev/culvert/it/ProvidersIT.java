package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.culvert.admin.ProviderInfo;
import dev.culvert.admin.ProvidersMXBean;
import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.FreePort;
import dev.culvert.testkit.ResponseHead;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Streams go to upstreams that have room and are well, and hold their leases there. */
@ExtendWith(ServerExtension.class)
class ProvidersIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static Application application;
  private static Client client;
  private static Metrics metrics;
  private static EchoUpstream echo;
  private static EchoUpstream other;
  private static ScriptedUpstream sick;
  private static Path packed;

  @BeforeAll
  static void deploy(Application deployed) throws IOException {
    application = deployed;
    client = new Client(application);
    metrics = Metrics.of(application);
    echo = EchoUpstream.start();
    other = EchoUpstream.start();
    sick = ScriptedUpstream.answering("HTTP/1.1 503 Unwell\r\nContent-Length: 0\r\n\r\n");
    packed =
        Config.empty()
            .set("defaults.policy", "first")
            .upstream("down", "ws://127.0.0.1:" + FreePort.find())
            .set("upstreams.down.breaker.failures", "5")
            .set("upstreams.down.breaker.open", "1h")
            .set("upstreams.down.breaker.max-open", "1h")
            .upstream("beside", echo.url())
            .upstream("sick", sick.url())
            .set("upstreams.sick.health.interval", "100ms")
            .set("upstreams.sick.health.path", "/health")
            .upstream("well", echo.url().replace("http:", "ws:"))
            .set("upstreams.well.health.interval", "100ms")
            .route("over", "down, beside")
            .route("around", "sick, well")
            .routeTo("tunnel", echo.url())
            .onRoute("tunnel", "on-redeploy", "detached")
            .set("upstreams.tunnel.max-sessions", "1")
            .routeTo("relay", echo.url())
            .onRoute("relay", "mode", "relay")
            .set("upstreams.relay.max-sessions", "1")
            .routeTo("sticky", echo.url())
            .onRoute("sticky", "session", "header:X-Session")
            .set("upstreams.sticky.max-sessions", "1")
            .upstream("a", echo.url())
            .upstream("b", other.url())
            .set("upstreams.b.weight", "0")
            .route("even", "a, b")
            .onRoute("even", "policy", "least-streams")
            .onRoute("even", "on-redeploy", "detached")
            .administered();
    application.deploy(packed);
  }

  @AfterAll
  static void close() throws IOException {
    echo.close();
    other.close();
    sick.close();
  }

  private static ProvidersMXBean bean() {
    return Management.providersOf(application);
  }

  private static ProviderInfo provider(String name) {
    return bean().list().stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
  }

  private static void awaitSessions(String provider, int sessions) {
    await("sessions of " + provider)
        .atMost(LIMIT)
        .until(() -> provider(provider).sessions() == sessions);
  }

  private static void awaitStreams(String provider, int streams) {
    await("streams of " + provider)
        .atMost(LIMIT)
        .until(() -> provider(provider).streams() == streams);
  }

  private static OptionalDouble leases(String provider) {
    return metrics.value("culvert_leases", "provider=\"" + provider + "\"");
  }

  private static ResponseHead answer(String path, String... fields) throws IOException {
    try (Wire wire = client.ask(path, EchoStream.WEBSOCKET, fields)) {
      return wire.readResponse();
    }
  }

  @Test
  void an_upstream_that_is_down_is_passed_over_until_its_circuit_opens() throws IOException {
    for (int i = 0; i < 6; i++) {
      try (EchoStream stream = EchoStream.open(client, "/over/")) {
        stream.assertEchoes("hello");
        assertThat(provider("beside").streams()).isPositive();
      }
    }

    assertThat(provider("down").circuit()).isEqualTo("open");
    awaitSessions("beside", 0);
    awaitSessions("down", 0);
    metrics.await(6, "culvert_attempts_total", "provider=\"beside\"", "outcome=\"ok\"");
    assertThat(metrics.value("culvert_attempts_total", "provider=\"down\"", "outcome=\"connect\""))
        .hasValue(5);
    assertThat(metrics.sum("culvert_attempts_total", "provider=\"down\"")).isEqualTo(5);
    assertThat(metrics.value("culvert_breaker_state", "provider=\"down\"")).hasValue(2);
    assertThat(metrics.value("culvert_breaker_state", "provider=\"beside\"")).hasValue(0);
  }

  @Test
  void an_upstream_that_fails_its_checks_gets_no_stream() throws IOException {
    await("checks").atMost(LIMIT).until(() -> !provider("sick").well());
    assertThat(provider("well").well()).isTrue();
    String circuit = provider("sick").circuit();

    try (EchoStream stream = EchoStream.open(client, "/around/")) {
      stream.assertEchoes("hello");
    }

    assertThat(circuit).as("checks are no attempts").isEqualTo("closed");
  }

  @Test
  void a_full_upstream_refuses_until_the_stream_ends_though_the_gateway_is_another()
      throws Exception {
    try (EchoStream first = EchoStream.open(client, "/tunnel/")) {
      ResponseHead refused = answer("/tunnel/");
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.first("Retry-After")).isPresent();

      assertThat(leases("tunnel")).hasValue(1);

      application.redeploy(packed);

      first.assertEchoes("detached");
      assertThat(answer("/tunnel/").status()).isEqualTo(503);
      assertThat(leases("tunnel")).hasValue(1);
      first.finish();
    }
    awaitSessions("tunnel", 0);
    assertThat(leases("tunnel")).hasValue(0);
    try (EchoStream next = EchoStream.open(client, "/tunnel/")) {
      next.assertEchoes("a place again");
    }
  }

  @Test
  void relays_hold_their_leases_as_long() throws IOException {
    try (EchoStream first = EchoStream.open(client, "/relay/")) {
      first.assertEchoes("hello");
      assertThat(answer("/relay/").status()).isEqualTo(503);
      first.finish();
    }
    awaitSessions("relay", 0);
  }

  @Test
  void streams_of_one_session_are_one() throws IOException {
    String session = "X-Session: s";
    try (Wire first = client.open("/sticky/", EchoStream.WEBSOCKET, session);
        Wire second = client.open("/sticky/", EchoStream.WEBSOCKET, session)) {
      assertThat(answer("/sticky/", "X-Session: other").status()).isEqualTo(503);
      assertThat(provider("sticky").sessions()).isEqualTo(1);
      assertThat(provider("sticky").streams()).isEqualTo(2);
      assertThat(leases("sticky")).hasValue(2);
      first.close();
      assertThat(answer("/sticky/", "X-Session: other").status()).isEqualTo(503);
      assertThat(second).isNotNull();
    }
    awaitSessions("sticky", 0);
  }

  /** Of two that carry as little, only the one with weight is chosen. */
  @Test
  void streams_of_an_earlier_deployment_count_where_the_fewest_decide() throws Exception {
    try (EchoStream detached = EchoStream.open(client, "/even/")) {
      awaitStreams("a", 1);

      application.redeploy(packed);

      try (EchoStream next = EchoStream.open(client, "/even/")) {
        next.assertEchoes("at the other one");
        awaitStreams("b", 1);
        assertThat(other.live()).isEqualTo(1);
      }
      detached.assertEchoes("where it was");
    }
  }

  @Test
  void operators_have_the_last_word_also_after_a_redeploy() throws Exception {
    bean().disable("well");
    assertThat(answer("/around/").status()).isEqualTo(503);

    application.redeploy(packed);

    assertThat(answer("/around/").status()).isEqualTo(503);
    assertThat(provider("well").enabled()).isFalse();
    ProvidersMXBean bean = bean();
    bean.enable("well");
    assertThat(List.of(answer("/around/").status())).containsExactly(101);
    assertThatThrownBy(() -> bean.drain("nobody")).isInstanceOf(IllegalArgumentException.class);
  }
}
