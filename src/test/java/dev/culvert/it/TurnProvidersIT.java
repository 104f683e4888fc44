package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.sim.Action;
import dev.culvert.sim.Script;
import dev.culvert.sim.SimRequest;
import dev.culvert.sim.SimulatedUpstream;
import dev.culvert.sim.Stage;
import dev.culvert.testkit.Application;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.ServerKind;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Turns of a route with two upstreams. */
@ExtendWith(ServerExtension.class)
class TurnProvidersIT {

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
  @Tag(ServerKind.ANY_SERVER)
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
  @Tag(ServerKind.ANY_SERVER)
  void an_error_before_anything_visible_is_not_the_clients() throws Exception {
    deploy(config());
    String overloaded = "{\"type\":\"error\",\"error\":{\"code\":\"server_is_overloaded\"}}";
    first.script(Script.only(overloaded));

    assertThat(peer.ask(conversation).statusCode()).isEqualTo(200);
    assertThat(second.requests()).hasSize(1);
  }

  @Test
  @Tag(ServerKind.ANY_SERVER)
  void one_behind_it_is() throws Exception {
    deploy(config());
    first.script(Script.fault(Stage.VISIBLE, new Action.Drop()));

    try (EventStream events = peer.stream(conversation)) {
      assertThat(events.types()).endsWith("response.output_text.delta", "response.failed");
    }
    assertThat(second.accepted()).isZero();
  }

  @Test
  @Tag(ServerKind.ANY_SERVER)
  void a_full_upstream_is_passed_over_and_free_again_behind_the_turn() throws Exception {
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
  @Tag(ServerKind.ANY_SERVER)
  void a_silent_upstream_is_joined_by_another() throws Exception {
    deploy(config().onRoute("v1", "hedge.first-byte-timeout", "200ms"));
    first.script(Script.fault(Stage.METADATA, new Action.Stall()));

    try (EventStream events = peer.stream(conversation)) {
      assertThat(events.types()).startsWith("response.created").endsWith("response.completed");
    }
    assertThat(second.requests()).hasSize(1);
    assertThat(peer.ask(conversation).statusCode()).isEqualTo(200);
    assertThat(second.requests()).extracting(SimRequest::connection).containsExactly(1L, 1L);
  }
}
