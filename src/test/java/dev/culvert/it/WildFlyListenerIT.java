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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a listener of WildFly does to streams and what it must not do. */
@Tag(ServerKind.ONLY_WILDFLY)
class WildFlyListenerIT {

  private static final String LISTENER =
      "/subsystem=undertow/server=default-server/http-listener=default";

  /** The listener's time-outs, 90 s as shipped. */
  private static final Duration TIMEOUT = Duration.ofSeconds(1);

  private static final Duration SILENCE = TIMEOUT.multipliedBy(4);

  private static EchoUpstream echo;
  private static WildFly server;
  private static Application application;
  private static Client client;

  @BeforeAll
  static void start() throws IOException {
    echo = EchoUpstream.start();
    server = WildFly.start(ServerOptions.DEFAULT);
    for (String timeout : new String[] {"read-timeout", "write-timeout"}) {
      String millis = Long.toString(TIMEOUT.toMillis());
      server.manage(LISTENER, "write-attribute", Map.of("name", timeout, "value", millis));
    }
    server.reload();
    application = server.application("listener");
    client = new Client(application);
    application.deploy(
        Config.empty()
            .routeTo("chat", echo.url())
            .onRoute("chat", "on-redeploy", "detached")
            .packed());
  }

  @AfterAll
  static void stop() {
    server.close();
    echo.close();
  }

  @Test
  void its_time_outs_do_not_reach_silent_streams() throws IOException {
    try (Wire ordinary = client.connect().send("GET /");
        EchoStream quiet = EchoStream.open(client, "/chat/");
        EchoStream opaque = EchoStream.open(client, "/chat/", Config.RAW);
        EchoStream spoken = EchoStream.open(client, "/chat/")) {
      spoken.assertEchoes("before");
      long since = System.nanoTime();
      assertThat(ordinary.readToEnd()).as("an ordinary connection ends").isEmpty();

      await("a silence longer than the time-outs")
          .atMost(SILENCE.plusSeconds(30))
          .until(() -> System.nanoTime() - since > SILENCE.toNanos());

      quiet.assertEchoes("after");
      opaque.assertEchoes("after");
      spoken.assertEchoes("after");
    }
  }

  @Test
  void a_reload_of_the_server_ends_streams_and_leaves_the_host() throws IOException {
    Object started = server.jvm().attribute(Management.HOST, "Started");
    EchoStream stream = EchoStream.open(client, "/chat/");
    stream.assertEchoes("before");

    server.reload();

    assertThat(stream.awaitEnd()).isEqualTo(EchoStream.NO_CLOSE_FRAME);
    new Management(server).awaitStreams("chat", 0);
    assertThat(server.jvm().attribute(Management.HOST, "Started")).isEqualTo(started);
    try (EchoStream next = EchoStream.open(client, "/chat/")) {
      next.assertEchoes("after the reload");
    }
    Loaders.await(server.jvm(), 1, "reloaded");
  }
}
