package dev.culvert.it;

import static dev.culvert.it.Config.RAW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.ServerKind;
import dev.culvert.testkit.WebSocketFrame;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Streams whose clients' connections stay with the server end with the deployment. */
@Tag(ServerKind.PORTABLE)
@ExtendWith(ServerExtension.class)
class PortableRedeployIT {

  private static final int STREAMS = 20;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** WildFly remembers a closed connection until its write time-out of 90 s. */
  private static final Duration FORGOTTEN = Duration.ofMinutes(2);

  private Application application;
  private Client client;
  private Management management;
  private EchoUpstream echo;

  @BeforeEach
  void deploy(Application deployed) throws IOException {
    application = deployed;
    client = new Client(application);
    echo = EchoUpstream.start();
    deploy();
    management = new Management(application.server());
  }

  private void deploy() {
    application.deploy(
        Config.empty()
            .portable()
            .routeTo("echo", echo.url())
            .onRoute("echo", "on-redeploy", "detached")
            .packed());
  }

  @AfterEach
  void close() {
    echo.close();
  }

  @Test
  void at_the_undeployment_every_client_gets_a_close_frame_whatever_the_policy() throws Exception {
    List<EchoStream> webSockets = new ArrayList<>();
    List<EchoStream> opaque = new ArrayList<>();
    for (int i = 0; i < STREAMS; i++) {
      webSockets.add(EchoStream.open(client, "/echo/"));
      opaque.add(EchoStream.open(client, "/echo/", RAW));
    }
    webSockets.forEach(stream -> stream.assertEchoes("open"));
    opaque.forEach(stream -> stream.assertEchoes("open"));
    Thread undeployer = new Thread(application::undeploy);
    undeployer.start();

    assertThat(webSockets).allSatisfy(s -> assertThat(s.awaitEnd()).isEqualTo(1001));
    assertThat(opaque)
        .allSatisfy(s -> assertThat(s.awaitEnd()).isEqualTo(EchoStream.NO_CLOSE_FRAME));
    undeployer.join(LIMIT.toMillis());
    assertThat(management.list("echo")).isEmpty();
  }

  @Test
  void a_client_that_does_not_answer_is_cut_off_before_the_undeployment_ends() throws IOException {
    try (Wire silent = client.open("/echo/", EchoStream.WEBSOCKET)) {
      management.awaitStreams("echo", 1);
      application.undeploy();

      assertThat(management.list("echo")).isEmpty();
      assertThat(WebSocketFrame.read(silent).closeCode()).isEqualTo(1001);
      assertThat(silent.readToEnd()).isEmpty();
    }
  }

  /** GlassFish keeps the classes of every application that it has undeployed. */
  @Test
  @Tag(ServerKind.NOT_GLASSFISH)
  void redeployments_leave_no_class_loader() throws IOException {
    for (int i = 0; i < 4; i++) {
      try (EchoStream one = EchoStream.open(client, "/echo/");
          EchoStream other = EchoStream.open(client, "/echo/", RAW)) {
        one.assertEchoes("hello");
        other.assertEchoes("hello");
        application.undeploy();
        deploy();
      }
      try (EchoStream stream = EchoStream.open(client, "/echo/")) {
        stream.assertEchoes("again");
      }
    }

    Loaders.await(application.server().jvm(), 1, "redeployed", FORGOTTEN);
  }
}
