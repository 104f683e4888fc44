package dev.culvert.it;

import static dev.culvert.it.EchoStream.WEBSOCKET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.ServerJvm;
import dev.culvert.testkit.WebSocketFrame;
import dev.culvert.testkit.Wire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Clients of relays that take nothing harm nobody else, and leave nothing behind. */
@ExtendWith(ServerExtension.class)
class RelayStallIT {

  /** More than the systems' buffers and the server's hold. */
  private static final int LARGE = 16 * 1024 * 1024;

  /** Of messages so small that many are in one read of the server. */
  private static final int SMALL = 100;

  /** Longer than any test waits. */
  private static final String NEVER = "60s";

  private static final Duration LIMIT = Duration.ofSeconds(15);
  private static final Duration LOOK = Duration.ofMillis(500);

  private Application application;
  private Stalls stalls;
  private Management management;
  private ServerJvm jvm;
  private EchoUpstream echo;
  private ScriptedUpstream flood;

  @BeforeEach
  void start(Application notDeployed) throws IOException {
    application = notDeployed;
    jvm = application.server().jvm();
    echo = EchoUpstream.start();
    flood = ScriptedUpstream.onRequest(Stalls::flood);
  }

  private void deploy(String stallTimeout) {
    application.deploy(
        Stalls.configured(Config.empty(), echo, flood, stallTimeout)
            .onRoute("echo", "mode", "relay")
            .onRoute("flood", "mode", "relay")
            .packed());
    management = new Management(application.server());
    stalls = new Stalls(new Client(application), management);
  }

  @AfterEach
  void stop() throws IOException {
    application.close();
    echo.close();
    flood.close();
  }

  /** The upstream takes nothing of its messages, nor it of the upstream's. */
  @Test
  void one_that_resets_while_its_messages_wait() throws IOException {
    deploy(NEVER);
    stalls.assertOthersAreServed();
    try (Wire stalled = stalls.open(WEBSOCKET)) {
      new Thread(() -> sendMessages(stalled)).start();
      stalls.awaitStandstill();
      assertThat(jvm.threadDump()).contains("UpstreamWriter.awaitRoom");
      stalled.reset();

      awaitRest();
      stalls.assertOthersAreServed();
      management.awaitStreams("flood", 0);
      await("the end of the wait for the upstream")
          .atMost(LIMIT)
          .until(() -> !jvm.threadDump().contains("UpstreamWriter.awaitRoom"));
    }
  }

  @Test
  void one_that_is_given_up_is_cut_off() throws IOException {
    deploy("2s");
    try (Wire stalled = stalls.open(WEBSOCKET)) {
      management.awaitStreams("flood", 0, LIMIT);

      Stalls.awaitRefusal(stalled);
    }
  }

  /** Waits until the server has nothing to do: no thread of it spins. */
  private void awaitRest() {
    Duration[] last = {Duration.ZERO};
    await("a server at rest")
        .atMost(LIMIT)
        .pollInterval(LOOK)
        .until(
            () -> {
              Duration before = last[0];
              last[0] = jvm.processorTime();
              return last[0].minus(before).compareTo(LOOK.dividedBy(2)) < 0;
            });
  }

  private static void sendMessages(Wire wire) {
    byte[] message = WebSocketFrame.ofClient(true, WebSocketFrame.BINARY, new byte[SMALL]).bytes();
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    while (messages.size() < LARGE) {
      messages.writeBytes(message);
    }
    try {
      wire.send(messages.toByteArray());
    } catch (IOException expected) {
      return; // reset
    }
  }
}
