package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.sim.Action;
import dev.culvert.sim.Script;
import dev.culvert.sim.SimulatedUpstream;
import dev.culvert.sim.Stage;
import dev.culvert.testkit.Application;
import dev.culvert.testkit.ServerExtension;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** WebSocket clients and their conversations when the application is deployed anew. */
@ExtendWith(ServerExtension.class)
class TurnSocketRedeployIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String PATH = "/v1/responses";
  private static final String DELTA = "response.output_text.delta";

  private Application application;
  private SimulatedUpstream upstream;

  @BeforeEach
  void start(Application notDeployed) throws IOException {
    application = notDeployed;
    upstream = SimulatedUpstream.start();
  }

  @AfterEach
  void close() throws IOException {
    upstream.close();
  }

  private Path war() {
    return Config.empty().turns("v1", "llm", upstream.port()).packed();
  }

  private TurnSocketPeer connect() throws Exception {
    return TurnSocketPeer.connect(application, PATH);
  }

  @Test
  void the_turn_under_way_is_finished_and_the_conversation_goes_on() throws Exception {
    application.deploy(war());
    CountDownLatch gate = new CountDownLatch(1);
    String first;
    try (TurnSocketPeer busy = connect();
        TurnSocketPeer idle = connect()) {
      assertThat(busy.completed(TurnSocketPeer.request("a"))).isNotEmpty();
      upstream.script(Script.fault(Stage.VISIBLE, new Action.Wait(gate)));
      assertThat(busy.ask("a").await(DELTA)).isNotNull();

      CompletableFuture<Void> undeployed = CompletableFuture.runAsync(application::undeploy);
      assertThat(idle.socket().awaitClose().code()).as("the drain has begun").isEqualTo(1012);
      JsonObject refused = busy.send(TurnSocketPeer.request("a").add("stream_id", "2")).next();
      assertThat(refused.getJsonObject("error").getString("code")).isEqualTo("shutting_down");
      gate.countDown();

      JsonObject last = busy.await("response.completed");
      first = last.getJsonObject("response").getString("id");
      assertThat(busy.socket().awaitClose().code()).isEqualTo(1012);
      undeployed.join();
    }
    assertThat(upstream.live()).isEqualTo(1);
    Loaders.await(application.server().jvm(), 0, "the end of the class loader");

    application.deploy(war());
    try (TurnSocketPeer peer = connect()) {
      assertThat(peer.completed(TurnSocketPeer.request("a").add("previous_response_id", first)))
          .isNotEqualTo(first);
    }
    assertThat(upstream.accepted()).isEqualTo(1);
  }

  @Test
  void a_turn_that_does_not_end_is_cut_off_with_an_error() throws Exception {
    application.deploy(war());
    CountDownLatch gate = new CountDownLatch(1);
    upstream.script(Script.fault(Stage.VISIBLE, new Action.Wait(gate)));
    try (TurnSocketPeer peer = connect()) {
      assertThat(peer.ask("a").await(DELTA)).isNotNull();

      application.undeploy();

      assertThat(peer.await("error").getJsonObject("error").getString("code"))
          .isEqualTo("stream_disconnected");
      assertThat(peer.socket().awaitClose().code()).isEqualTo(1012);
    } finally {
      gate.countDown();
    }
    await("the end").atMost(LIMIT).until(() -> upstream.live() == 0);
    Loaders.await(application.server().jvm(), 0, "the end of the class loader");
  }

  @Test
  void nothing_stays_of_clients_that_came_and_went() throws Exception {
    application.deploy(war());
    for (int i = 0; i < 20; i++) {
      try (TurnSocketPeer peer = connect()) {
        assertThat(peer.completed(TurnSocketPeer.request("a"))).isNotEmpty();
        if (i % 2 == 0) {
          peer.socket().socket().sendClose(1000, "").join();
          assertThat(peer.socket().awaitClose().code()).isEqualTo(1000);
        }
      }
    }

    application.undeploy();

    Loaders.await(application.server().jvm(), 0, "the end of the class loader");
    assertThat(application.server().jvm().threadNames())
        .noneMatch(name -> name.startsWith("culvert-turn") || name.startsWith("culvert-endpoint"));
    assertThat(upstream.accepted()).isEqualTo(1);
  }
}
