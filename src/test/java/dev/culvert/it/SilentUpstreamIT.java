package dev.culvert.it;

import static dev.culvert.testkit.WebSocketFrame.TEXT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.admin.ProviderInfo;
import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.ServerJvm;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An upstream that takes handshakes and says nothing concerns nobody but its own clients. */
@ExtendWith(ServerExtension.class)
class SilentUpstreamIT {

  /** More than any of the servers has threads for requests. */
  private static final int SILENT = 300;

  private static final int FEW = 10;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final List<Wire> waiting = new ArrayList<>();
  private Application application;
  private Client client;
  private Management management;
  private ServerJvm jvm;
  private EchoUpstream echo;
  private ScriptedUpstream silent;
  private ScriptedUpstream pages;

  @BeforeEach
  void deploy(Application deployed) throws IOException {
    application = deployed;
    client = new Client(application);
    jvm = application.server().jvm();
    echo = EchoUpstream.start();
    silent = ScriptedUpstream.silent();
    pages =
        ScriptedUpstream.answering(
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
    application.deploy(
        Config.empty()
            .set("defaults.handshake-timeout", "10m")
            .upstream("silent", silent.url())
            .route("tunnel", "silent")
            .route("relay", "silent")
            .onRoute("relay", "mode", "relay")
            .routeTo("echo", echo.url())
            .route("messages", "echo")
            .onRoute("messages", "mode", "relay")
            .routeTo("pages", pages.url())
            .onRoute("pages", "mode", "http")
            .packed());
    management = new Management(application.server());
  }

  @AfterEach
  void close() throws IOException {
    for (Wire wire : waiting) {
      wire.close();
    }
    echo.close();
    silent.close();
    pages.close();
  }

  @Test
  void others_are_served_while_it_is_silent() throws Exception {
    for (int i = 0; i < SILENT; i++) {
      waiting.add(client.ask("/tunnel/", EchoStream.WEBSOCKET));
      waiting.add(client.ask("/relay/", EchoStream.WEBSOCKET));
    }
    awaitHandshakes(2 * SILENT);

    await("no thread in a handshake")
        .atMost(LIMIT)
        .untilAsserted(
            () -> assertThat(jvm.threadDump()).doesNotContain("dev.culvert.route.TunnelHandshake"));
    assertServesOthers();
    assertThat(management.host().getHandshakes()).isEqualTo(2 * SILENT);

    silent.close();
    for (Wire wire : waiting) {
      assertThat(wire.readResponse().status()).isEqualTo(502);
    }
    assertNothingIsLeft();
  }

  @Test
  void an_undeployment_answers_those_who_wait_and_the_deployment_goes() throws IOException {
    for (int i = 0; i < FEW; i++) {
      waiting.add(client.ask("/tunnel/", EchoStream.WEBSOCKET));
      waiting.add(client.ask("/relay/", EchoStream.WEBSOCKET));
    }
    awaitHandshakes(2 * FEW);

    application.undeploy();

    for (Wire wire : waiting) {
      assertThat(wire.readResponse().status()).isEqualTo(503);
    }
    awaitHandshakes(0);
    Loaders.await(jvm, 0, "undeployed");
  }

  private void assertServesOthers() throws Exception {
    EchoStream stream = EchoStream.open(client, "/echo/");
    stream.assertEchoes("meanwhile");
    stream.finish();
    try (RelayPeer peer = RelayPeer.open(client, "/messages/")) {
      assertThat(peer.send(true, TEXT, "meanwhile").message().text()).isEqualTo("meanwhile");
      peer.close(1000, "");
      assertThat(peer.awaitClose()).isEqualTo(1000);
    }
    assertThat(HttpAnswers.get(application.http("/pages/"), HttpAnswers.ANONYMOUS).body())
        .isEqualTo("ok");
  }

  private void assertNothingIsLeft() {
    awaitHandshakes(0);
    assertThat(silent.live()).isZero();
    await("leases")
        .atMost(LIMIT)
        .untilAsserted(
            () ->
                assertThat(Management.providersOf(application).list())
                    .extracting(ProviderInfo::sessions)
                    .containsOnly(0));
    await("the end of the gateway's threads")
        .atMost(LIMIT)
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(
            () ->
                assertThat(jvm.threadNames()).doesNotContain("culvert-gateway", "culvert-answer"));
  }

  private void awaitHandshakes(int count) {
    await("handshakes").atMost(LIMIT).until(() -> management.host().getHandshakes() == count);
  }
}
