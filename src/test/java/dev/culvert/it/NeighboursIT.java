package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.ServerExtension;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two applications share a host and nothing else. */
@ExtendWith(ServerExtension.class)
class NeighboursIT {

  private static EchoUpstream echo;
  private static Application neighbour;
  private static Config config;

  @BeforeAll
  static void deploy(Application notDeployed) throws IOException {
    echo = EchoUpstream.start();
    config =
        Config.empty()
            .upstream("echo", echo.url())
            .route("closing", "echo")
            .route("detached", "echo")
            .onRoute("detached", "on-redeploy", "detached");
    neighbour = notDeployed.server().application("neighbour");
    neighbour.deploy(config.packed());
    notDeployed.deploy(config.packed());
  }

  @AfterAll
  static void close() {
    neighbour.close();
    echo.close();
  }

  @Test
  void they_share_one_host(Application application) {
    Management management = new Management(application.server());

    assertThat(application.server().jvm().names("dev.culvert:type=Host*")).hasSize(1);
    assertThat(management.host().getDeployments())
        .hasSize(2)
        .anyMatch(deployment -> deployment.endsWith(application.contextPath()))
        .anyMatch(deployment -> deployment.endsWith(neighbour.contextPath()));
  }

  @Test
  void a_redeployment_of_one_touches_no_stream_of_the_other(Application application)
      throws Exception {
    Client own = new Client(application);
    Client other = new Client(neighbour);
    try (EchoStream closing = EchoStream.open(own, "/closing/");
        EchoStream detached = EchoStream.open(own, "/detached/");
        EchoStream othersClosing = EchoStream.open(other, "/closing/");
        EchoStream othersDetached = EchoStream.open(other, "/detached/")) {
      Config withoutEcho =
          Config.empty()
              .routeTo("detached", "http://127.0.0.1:1")
              .onRoute("detached", "on-redeploy", "detached");

      application.redeploy(withoutEcho.packed());

      assertThat(closing.awaitEnd()).isEqualTo(1001);
      assertThat(detached.awaitEnd()).isEqualTo(1001);
      othersClosing.assertEchoes("untouched");
      othersDetached.assertEchoes("untouched");
    } finally {
      application.redeploy(config.packed());
    }
  }
}
