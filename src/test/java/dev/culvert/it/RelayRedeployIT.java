package dev.culvert.it;

import static dev.culvert.testkit.WebSocketFrame.BINARY;
import static dev.culvert.testkit.WebSocketFrame.CONTINUATION;
import static dev.culvert.testkit.WebSocketFrame.TEXT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.Upgrades;
import dev.culvert.testkit.WebSocketFrame;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The end of a deployment ends its relays: 1012 after what is under way, and nothing stays. */
@ExtendWith(ServerExtension.class)
class RelayRedeployIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int CLIENTS = 20;

  private Application application;
  private Client client;
  private EchoUpstream echo;

  @BeforeEach
  void start(Application notDeployed) throws IOException {
    application = notDeployed;
    client = new Client(application);
    echo = EchoUpstream.start();
  }

  @AfterEach
  void stop() {
    echo.close();
  }

  private List<RelayPeer> open() throws IOException {
    List<RelayPeer> peers = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      RelayPeer peer = RelayPeer.open(client, "/chat/");
      peers.add(peer);
      peer.send(true, i % 2 == 0 ? TEXT : BINARY, "hello");
      assertThat(peer.message().text()).isEqualTo("hello");
    }
    return peers;
  }

  @Test
  void every_client_gets_1012_and_the_deployment_goes() throws IOException {
    Path war = Config.empty().routeTo("chat", echo.url()).onRoute("chat", "mode", "relay").packed();
    application.deploy(war);
    List<RelayPeer> first = open();

    application.redeploy(war);

    for (RelayPeer peer : first) {
      assertThat(peer.awaitClose()).isEqualTo(1012);
      peer.close();
    }
    List<RelayPeer> second = open();
    assertLoaders(1);
    application.undeploy();
    for (RelayPeer peer : second) {
      assertThat(peer.awaitClose()).isEqualTo(1012);
      peer.close();
    }
    await("the upstream's end").atMost(LIMIT).until(() -> echo.live() == 0);
    assertLoaders(0);
    assertThat(application.server().jvm().threadNames())
        .noneMatch(name -> name.startsWith("culvert-relay"));
  }

  @Test
  void the_message_under_way_comes_first() throws Exception {
    CountDownLatch draining = new CountDownLatch(1);
    try (ScriptedUpstream slow =
        ScriptedUpstream.onRequest(
            (request, connection) -> {
              connection.send(Upgrades.switching(request));
              connection.send(frame(false, TEXT, "begun "));
              await("the drain").atMost(LIMIT).until(() -> draining.getCount() == 0);
              connection.send(frame(true, CONTINUATION, "and ended"));
              connection.send(frame(true, TEXT, "too late"));
              WebSocketFrame.read(connection); // a close frame, which the end here answers
            })) {
      application.deploy(
          Config.empty()
              .routeTo("chat", slow.url())
              .routeTo("idle", echo.url())
              .set("routes.chat.mode", "relay")
              .set("routes.idle.mode", "relay")
              .set("defaults.close-grace", "20s")
              .packed());
      try (RelayPeer busy = RelayPeer.open(client, "/chat/");
          RelayPeer idle = RelayPeer.open(client, "/idle/")) {
        assertThat(busy.frame().payload()).isEqualTo("begun ".getBytes(UTF_8));

        CompletableFuture<Void> undeployed = CompletableFuture.runAsync(application::undeploy);
        assertThat(idle.awaitClose()).as("the drain has begun").isEqualTo(1012);
        draining.countDown();

        WebSocketFrame rest = busy.frame();
        assertThat(new String(rest.payload(), UTF_8)).isEqualTo("and ended");
        assertThat(rest.fin()).isTrue();
        WebSocketFrame close = busy.frame();
        assertThat(close.opcode()).isEqualTo(WebSocketFrame.CLOSE);
        assertThat(close.closeCode()).isEqualTo(1012);
        undeployed.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      }
    }
    assertLoaders(0);
  }

  private static byte[] frame(boolean fin, int opcode, String text) {
    return WebSocketFrame.ofServer(fin, opcode, text.getBytes(UTF_8)).bytes();
  }

  private void assertLoaders(int count) {
    Loaders.await(application.server().jvm(), count, "redeployed");
  }
}
