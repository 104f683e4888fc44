package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.ServerKind;
import dev.culvert.testkit.ServerOptions;
import dev.culvert.testkit.WildFly;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A server that is suspended refuses handshakes and leaves streams alone. A server of its own: it
 * waits for requests of other tests that are left, with its management locked meanwhile.
 */
@Tag(ServerKind.ONLY_WILDFLY)
class WildFlySuspendIT {

  private static final int PATIENCE_SECONDS = 120;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final EchoUpstream echo = EchoUpstream.start();
  private final WildFly server = WildFly.start(ServerOptions.DEFAULT);
  private final Application application = server.application("suspended");
  private final Client client = new Client(application);

  WildFlySuspendIT() throws IOException {
    application.deploy(
        Config.empty()
            .routeTo("chat", echo.url())
            .onRoute("chat", "on-redeploy", "detached")
            .packed());
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    echo.close();
  }

  @Test
  void is_not_held_up_by_a_stream_which_goes_on() throws Exception {
    try (EchoStream stream = EchoStream.open(client, "/chat/")) {
      server.manage("", "suspend", Map.of("suspend-timeout", PATIENCE_SECONDS));
      await("the suspension").atMost(LIMIT).until(this::isSuspended);

      stream.assertEchoes("suspended");
      assertThat(statusOfHandshake()).isEqualTo(503);

      server.manage("", "resume", Map.of());
      stream.assertEchoes("resumed");
      assertThat(statusOfHandshake()).isEqualTo(101);
    }
  }

  private boolean isSuspended() throws IOException {
    return server
        .manage("", "read-attribute", Map.of("name", "suspend-state"))
        .contains("\"SUSPENDED\"");
  }

  private int statusOfHandshake() throws IOException {
    try (Wire wire = client.ask("/chat/", EchoStream.WEBSOCKET)) {
      return wire.readResponse().status();
    }
  }
}
