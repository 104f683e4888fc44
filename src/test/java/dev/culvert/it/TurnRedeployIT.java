package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.sim.Action;
import dev.culvert.sim.Script;
import dev.culvert.sim.SimConnection;
import dev.culvert.sim.SimulatedUpstream;
import dev.culvert.sim.Stage;
import dev.culvert.testkit.Application;
import dev.culvert.testkit.ServerExtension;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Conversations and their sockets when the application is deployed anew. */
@ExtendWith(ServerExtension.class)
class TurnRedeployIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private Application application;
  private SimulatedUpstream upstream;
  private TurnPeer peer;

  @BeforeEach
  void start(Application notDeployed) throws IOException {
    application = notDeployed;
    upstream = SimulatedUpstream.start();
    peer = new TurnPeer(application, "/v1/responses");
  }

  @AfterEach
  void close() throws IOException {
    upstream.close();
  }

  private Config config() {
    return Config.empty()
        .turns("v1", "llm", upstream.port())
        .set("upstreams.llm.accounts", "acme")
        .set("accounts.acme.header.Authorization", "Bearer 1")
        .onRoute("v1", "turn.heartbeat", "100ms");
  }

  @Test
  void conversations_go_on_on_the_same_connections() throws Exception {
    Path war = config().packed();
    application.deploy(war);
    String first = id(peer.ask("a").body());
    assertThat(peer.ask("b").statusCode()).isEqualTo(200);
    List<Long> connections = numbers();

    application.undeploy();
    assertThat(numbers()).isEqualTo(connections);
    application.deploy(war);

    String continuing =
        TurnPeer.body("a", "go on").add("previous_response_id", first).build().toString();
    assertThat(peer.post(continuing).statusCode()).isEqualTo(200);
    assertThat(peer.ask("b").statusCode()).isEqualTo(200);
    assertThat(upstream.accepted()).isEqualTo(2);
    assertThat(upstream.requests()).extracting("connection").containsExactly(1L, 2L, 1L, 2L);
  }

  private List<Long> numbers() {
    return upstream.connections().stream().map(SimConnection::number).toList();
  }

  private static String id(String body) {
    return body.replaceAll("^\\{\"id\":\"([^\"]*)\".*", "$1");
  }

  @Test
  void a_changed_credential_ends_the_connections_of_the_old_one() throws Exception {
    application.deploy(config().packed());
    assertThat(peer.ask("a").statusCode()).isEqualTo(200);

    application.redeploy(config().set("accounts.acme.header.Authorization", "Bearer 2").packed());

    await("the end").atMost(LIMIT).until(() -> upstream.live() == 0);
    assertThat(peer.ask("a").statusCode()).isEqualTo(200);
    assertThat(upstream.connections().get(0).head().first("Authorization")).hasValue("Bearer 2");
  }

  @Test
  void with_close_connections_end_with_the_deployment() throws Exception {
    application.deploy(config().set("pool.on-redeploy", "close").packed());
    assertThat(peer.ask("a").statusCode()).isEqualTo(200);

    application.undeploy();

    await("the end").atMost(LIMIT).until(() -> upstream.live() == 0);
  }

  @Test
  void a_turn_under_way_may_finish() throws Exception {
    application.deploy(config().packed());
    CountDownLatch gate = new CountDownLatch(1);
    upstream.script(Script.fault(Stage.VISIBLE, new Action.Wait(gate)));
    try (EventStream events = peer.stream("a")) {
      assertThat(events.await("response.output_text.delta")).isNotNull();
      int mark = application.server().log().mark();
      CompletableFuture<Void> undeployed = CompletableFuture.runAsync(application::undeploy);
      assertThat(events.next().type()).isEqualTo(":");
      gate.countDown();

      assertThat(events.types()).endsWith("response.completed");
      undeployed.join();
      assertThat(application.server().log().find(mark, "CULVERT-T003")).isEmpty();
    }
    assertThat(upstream.live()).isEqualTo(1);
  }

  @Test
  void a_turn_that_does_not_is_cut_off() throws Exception {
    application.deploy(config().packed());
    CountDownLatch gate = new CountDownLatch(1);
    upstream.script(Script.fault(Stage.VISIBLE, new Action.Wait(gate)));
    try (EventStream events = peer.stream("a")) {
      assertThat(events.await("response.output_text.delta")).isNotNull();

      CompletableFuture<Void> undeployed = CompletableFuture.runAsync(application::undeploy);

      assertThat(events.await("response.failed").data()).contains("stream_disconnected");
      undeployed.join();
    } finally {
      gate.countDown();
    }
    await("the end").atMost(LIMIT).until(() -> upstream.live() == 0);
  }

  @Test
  void nothing_of_the_deployment_stays() throws Exception {
    application.deploy(config().packed());
    assertThat(peer.ask("a").statusCode()).isEqualTo(200);
    try (EventStream events = peer.stream("a")) {
      assertThat(events.types()).endsWith("response.completed");
    }

    application.undeploy();

    Loaders.await(application.server().jvm(), 0, "the end of the class loader");
    assertThat(numbers()).containsExactly(1L);
  }

  @Test
  void nor_of_one_whose_client_has_gone() throws Exception {
    application.deploy(config().packed());
    CountDownLatch gate = new CountDownLatch(1);
    upstream.script(Script.fault(Stage.VISIBLE, new Action.Wait(gate)));
    try (EventStream events = peer.stream("b")) {
      assertThat(events.await("response.output_text.delta")).isNotNull();
    }
    await("the end of the turn")
        .atMost(LIMIT)
        .until(() -> Management.poolOf(application).list().isEmpty());
    gate.countDown();

    application.undeploy();

    Loaders.await(application.server().jvm(), 0, "the end of the class loader");
  }
}
