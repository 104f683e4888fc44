package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.sim.Action;
import dev.culvert.sim.Script;
import dev.culvert.sim.SimConnection;
import dev.culvert.sim.SimRequest;
import dev.culvert.sim.SimulatedUpstream;
import dev.culvert.sim.Stage;
import dev.culvert.testkit.Application;
import dev.culvert.testkit.ServerExtension;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Turns of a route with two upstreams. */
@ExtendWith(ServerExtension.class)
class TurnProvidersIT {

  private static final String ATTEMPTS = "culvert_attempts_total";
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final String conversation = UUID.randomUUID().toString();

  private Application application;
  private SimulatedUpstream first;
  private SimulatedUpstream second;
  private TurnPeer peer;

  @BeforeEach
  void start(Application notDeployed) throws IOException {
    application = notDeployed;
    first = SimulatedUpstream.start();
    second = SimulatedUpstream.start();
    peer = new TurnPeer(application, "/v1/responses");
  }

  @AfterEach
  void close() throws IOException {
    first.close();
    second.close();
  }

  private Config config() {
    return Config.empty()
        .turns("v1", "one", first.port())
        .upstream("two", second.uri().toString())
        .route("v1", "one, two")
        .onRoute("v1", "policy", "first")
        .onRoute("v1", "retry.count", "0");
  }

  private void deploy(Config config) throws IOException {
    application.deploy(config.packed());
  }

  @Test
  void a_conversation_stays_with_the_upstream_that_served_it_over_a_redeploy() throws Exception {
    Path war = config().packed();
    application.deploy(war);
    first.refuse(503);
    assertThat(peer.ask(conversation).statusCode()).isEqualTo(200);

    assertThat(peer.ask(conversation).statusCode()).isEqualTo(200);
    application.undeploy();
    application.deploy(war);
    assertThat(peer.ask(conversation).statusCode()).isEqualTo(200);
    assertThat(peer.ask("another").statusCode()).isEqualTo(200);

    assertThat(second.requests()).extracting(SimRequest::connection).containsExactly(1L, 1L, 1L);
    assertThat(first.requests()).hasSize(1);
  }

  @Test
  void an_upstream_that_cannot_be_connected_is_left_for_another() throws Exception {
    deploy(config());
    first.close();

    assertThat(peer.ask(conversation).statusCode()).isEqualTo(200);
    try (EventStream events = peer.stream(conversation)) {
      assertThat(events.types()).endsWith("response.completed");
    }
    assertThat(second.requests()).hasSize(2);
  }

  @Test
  void an_error_before_anything_visible_is_not_the_clients() throws Exception {
    deploy(config());
    String overloaded = "{\"type\":\"error\",\"error\":{\"code\":\"server_is_overloaded\"}}";
    first.script(Script.only(overloaded));

    assertThat(peer.ask(conversation).statusCode()).isEqualTo(200);
    assertThat(second.requests()).hasSize(1);
  }

  @Test
  void one_after_it_is() throws Exception {
    deploy(config());
    first.script(Script.fault(Stage.VISIBLE, new Action.Drop()));

    try (EventStream events = peer.stream(conversation)) {
      assertThat(events.types()).endsWith("response.output_text.delta", "response.failed");
    }
    assertThat(second.accepted()).isZero();
  }

  @Test
  void a_full_upstream_is_passed_over_and_free_again_after_the_turn() throws Exception {
    deploy(config().set("upstreams.one.max-sessions", "1").set("upstreams.two.enabled", "false"));
    CountDownLatch gate = new CountDownLatch(1);
    first.script(Script.fault(Stage.VISIBLE, new Action.Wait(gate)));
    try (EventStream held = peer.stream(conversation)) {
      HttpResponse<String> refused = peer.ask("another");
      gate.countDown();

      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.body()).contains("no_upstream");
      assertThat(held.types()).endsWith("response.completed");
    }
    assertThat(peer.ask("another").statusCode()).isEqualTo(200);
  }

  @Test
  void a_silent_upstream_is_joined_by_another() throws Exception {
    application.deploy(config().onRoute("v1", "hedge.first-byte-timeout", "200ms").administered());
    first.script(Script.fault(Stage.METADATA, new Action.Stall()));

    try (EventStream events = peer.stream(conversation)) {
      assertThat(events.types()).startsWith("response.created").endsWith("response.completed");
    }
    assertThat(second.requests()).hasSize(1);
    assertThat(peer.ask(conversation).statusCode()).isEqualTo(200);
    assertThat(second.requests()).extracting(SimRequest::connection).containsExactly(1L, 1L);
    Metrics metrics = Metrics.of(application);
    metrics.await(1, "culvert_hedges_total", "result=\"alternative\"");
    metrics.await(1, ATTEMPTS, "provider=\"one\"", "outcome=\"cancelled\"");
    metrics.await(2, ATTEMPTS, "provider=\"two\"", "outcome=\"ok\"");
  }

  @Test
  void an_account_over_its_limit_rests_for_as_long_as_the_upstream_says() throws Exception {
    application.deploy(
        config()
            .route("v1", "one")
            .set("upstreams.one.accounts", "red, blue")
            .set("accounts.red.header.Authorization", "Bearer red")
            .set("accounts.blue.header.Authorization", "Bearer blue")
            .set("upstreams.one.breaker.failures", "1")
            .administered());
    String limited = credential();
    Management.poolOf(application).evictAll();
    first.refuse(429, "Retry-After: 3");
    HttpResponse<String> refused = peer.ask(conversation);
    String next = credential();

    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.headers().firstValue("Retry-After")).hasValue("3");
    assertThat(List.of(limited, next)).containsExactlyInAnyOrder("Bearer red", "Bearer blue");
    Metrics metrics = Metrics.of(application);
    metrics.await(1, ATTEMPTS, "provider=\"one\"", "outcome=\"account-limited\"");
    await("the end of the rest").atMost(LIMIT).until(() -> credential().equals(limited));
  }

  /** What the upstream is shown of this conversation by a turn over a new connection. */
  private String credential() throws Exception {
    Management.poolOf(application).evictAll();
    assertThat(peer.ask(conversation).statusCode()).isEqualTo(200);
    List<SimConnection> open = first.connections();
    return open.get(open.size() - 1).head().first("Authorization").orElseThrow();
  }
}
