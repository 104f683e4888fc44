package dev.culvert.it;

import static dev.culvert.it.Config.RAW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.ServerJvm;
import dev.culvert.testkit.ServerKind;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that take nothing, so that bytes for them wait in the server, harm nobody else. */
@Tag(ServerKind.PORTABLE)
@ExtendWith(ServerExtension.class)
class PortableStallIT {

  /** More than the systems' buffers and the server's hold. */
  private static final int LARGE = 16 * 1024 * 1024;

  private Application application;
  private Stalls stalls;
  private Management management;
  private ServerJvm jvm;
  private EchoUpstream echo;
  private ScriptedUpstream flood;

  @BeforeEach
  void deploy(Application deployed) throws IOException {
    application = deployed;
    jvm = application.server().jvm();
    echo = EchoUpstream.start();
    flood = ScriptedUpstream.onRequest(Stalls::flood);
    deploy("1s");
    management = new Management(application.server());
    stalls = new Stalls(new Client(application), management);
  }

  private void deploy(String stallTimeout) {
    application.deploy(
        Stalls.configured(Config.empty().portable(), echo, flood, stallTimeout).packed());
  }

  @AfterEach
  void close() throws IOException {
    echo.close();
    flood.close();
  }

  @Test
  void one_that_resets() throws IOException {
    try (Wire stalled = stalls.open(RAW)) {
      stalled.reset();

      management.awaitStreams("flood", 0);
      stalls.assertOthersAreServed();
    }
  }

  @Test
  void one_that_resets_while_nobody_takes_what_it_sent() throws IOException {
    try (Wire stalled = stalls.open(RAW)) {
      Thread sender = new Thread(() -> send(stalled));
      sender.start();
      stalls.awaitStandstill();
      stalled.reset();

      management.awaitStreams("flood", 0);
      stalls.assertOthersAreServed();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {RAW, EchoStream.WEBSOCKET})
  void one_whose_stream_is_closed_is_cut_off(String token) throws IOException {
    try (Wire stalled = stalls.open(token)) {
      management.streams().closeByRoute("flood");

      management.awaitStreams("flood", 0);
      Stalls.awaitRefusal(stalled);
      stalls.assertOthersAreServed();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {RAW, EchoStream.WEBSOCKET})
  void one_whose_deployment_ends_is_cut_off(String token) throws IOException {
    application.undeploy();
    deploy("10m");
    try (Wire stalled = stalls.open(token)) {
      application.undeploy();

      Stalls.awaitRefusal(stalled);
      assertThat(jvm.threadNames()).noneMatch(name -> name.startsWith("culvert-gateway"));
    }
  }

  private static void send(Wire wire) {
    try {
      wire.send(new byte[LARGE]);
    } catch (IOException expected) {
      return; // reset
    }
  }
}
