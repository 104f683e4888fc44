package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.ServerKind;
import dev.culvert.testkit.TestServer;
import dev.culvert.testkit.War;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The forms in which the WAR and its configuration come to the server. */
@ExtendWith(ServerExtension.class)
class DeploymentFormsIT {

  private EchoUpstream echo;

  @BeforeEach
  void start() throws IOException {
    echo = EchoUpstream.start();
  }

  @AfterEach
  void stop() {
    echo.close();
  }

  private static void assertEchoes(Application application, String path) throws IOException {
    try (EchoStream stream = EchoStream.open(new Client(application), path)) {
      stream.assertEchoes("hello");
    }
  }

  @Test
  void packed_with_its_configuration_inside(Application application) throws IOException {
    application.deploy(Config.empty().routeTo("chat", echo.url()).war().packed());

    assertEchoes(application, "/chat/");
    assertThat(echo.lastHead().orElseThrow().target())
        .as("the path below the context root")
        .isEqualTo("/chat/");
  }

  @Test
  void exploded(Application application) throws IOException {
    application.deploy(Config.empty().routeTo("chat", echo.url()).war().exploded());

    assertEchoes(application, "/chat/");
  }

  @Test
  void configured_by_system_properties(Application application) throws IOException {
    Config.empty().routeTo("chat", echo.url()).keys().forEach(application::configure);

    application.deploy(War.culvert().packed());

    assertEchoes(application, "/chat/");
  }

  @Test
  void at_the_root_context_with_a_route_for_everything(TestServer server) throws IOException {
    try (Application root = server.rootApplication("root")) {
      root.deploy(
          Config.empty().routeTo("all", echo.url()).onRoute("all", "path", "/*").war().exploded());

      assertEchoes(root, "/");
      assertEchoes(root, "/deep/down?q=1");
    }
  }

  @Test
  @Tag(ServerKind.ONLY_PAYARA)
  void at_the_root_context_the_servers_own_metrics_are_not_hidden(TestServer server)
      throws IOException {
    try (Application root = server.rootApplication("root")) {
      root.deploy(
          Config.empty().routeTo("all", echo.url()).onRoute("all", "path", "/*").war().exploded());

      assertEchoes(root, "/metrics");
      Metrics.of(server)
          .await(1, "culvert_handshakes_total", "route=\"all\"", "outcome=\"opened\"");
    }
  }
}
