package dev.culvert.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.RedisServer;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.ServerKind;
import dev.culvert.testkit.Wire;
import dev.culvert.testkit.app.StrayLoader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import redis.clients.jedis.Jedis;

/** An application that is not deployed any more is not in memory any more, whatever it did. */
@ExtendWith(ServerExtension.class)
class ClassLoadersIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int CLIENTS = 40;

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

  @Test
  void one_that_had_streams() throws IOException {
    application.deploy(Config.empty().routeTo("chat", echo.url()).packed());
    openOne("/chat/").close();

    application.undeploy();

    assertGone();
  }

  @Test
  void one_whose_sessions_were_counted_in_redis() throws IOException {
    try (RedisServer redis = RedisServer.start();
        Jedis jedis = redis.client()) {
      application.deploy(
          Config.empty()
              .routeTo("counted", echo.url())
              .set("sessions.store", "redis")
              .set("sessions.redis.url", "redis://127.0.0.1:" + redis.port())
              .packed());
      openOne("/counted/").close();
      assertThat(jedis.info("commandstats")).contains("cmdstat_eval");

      application.undeploy();

      assertGone();
      assertThat(jedis.clientList().lines()).hasSize(1); // our own
    }
  }

  /** Payara forgets the metrics of an application under the name of its directory. */
  @Test
  @Tag(ServerKind.ONLY_PAYARA)
  void one_that_showed_metrics_and_was_deployed_under_another_name() throws IOException {
    Path war = Config.empty().routeTo("exploded", echo.url()).war().exploded();
    application.deploy(war);
    try (EchoStream first = openOne("/exploded/")) {
      awaitActive(1);
      application.redeploy(war);
      try (EchoStream second = openOne("/exploded/");
          EchoStream third = openOne("/exploded/")) {
        awaitActive(2);
      }
    }

    application.undeploy();

    assertThat(Metrics.of(application.server()).value("culvert_streams_active", "\"exploded\""))
        .isEmpty();
    assertGone();
  }

  @Test
  void one_whose_clients_went_during_the_handshake() throws Exception {
    try (ScriptedUpstream silent = ScriptedUpstream.silent()) {
      application.deploy(
          Config.empty()
              .routeTo("silent", silent.url())
              .onRoute("silent", "handshake-timeout", "200ms")
              .packed());
      for (int i = 0; i < CLIENTS; i++) {
        try (Wire wire = client.connect()) {
          wire.send(client.request("/silent/", EchoStream.WEBSOCKET));
          silent.nextRequest();
          wire.reset();
        }
      }
      Management management = new Management(application.server());
      await("the end of the handshakes")
          .atMost(LIMIT)
          .until(() -> management.host().getHandshakes() == 0);

      application.undeploy();

      assertGone();
    }
  }

  @Test
  @Tag(ServerKind.ONLY_PAYARA)
  void one_whose_loader_stayed_with_a_thread_of_the_server() throws IOException {
    application.deploy(
        Config.empty().routeTo("chat", echo.url()).war().withClasses(StrayLoader.class).packed());
    openOne("/chat/").close();

    application.undeploy();

    assertGone();
  }

  @Test
  void one_whose_stream_lives_on_and_began_with_bytes_right_after_its_request() throws IOException {
    application.deploy(
        Config.empty()
            .routeTo("early", echo.url())
            .onRoute("early", "on-redeploy", "detached")
            .packed());
    try (Wire wire = client.connect()) {
      wire.send(client.request("/early/", Config.RAW) + "early");
      assertThat(wire.readResponse().status()).isEqualTo(101);
      assertThat(wire.readText(5)).isEqualTo("early");

      application.undeploy();

      assertGone();
      assertThat(wire.send("late").readText(4)).isEqualTo("late");
    }
  }

  @Test
  void one_that_passed_ordinary_requests_on_and_had_one_under_way() throws Exception {
    try (ScriptedUpstream upstream =
        ScriptedUpstream.onAccept(
            connection -> {
              while (!connection.readRequest().target().endsWith("/long")) {
                connection.send(
                    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello");
              }
              connection.send("HTTP/1.1 200 OK\r\n\r\nbegun");
              connection.readToEnd();
            })) {
      application.deploy(
          Config.empty().routeTo("web", upstream.url()).onRoute("web", "mode", "http").packed());
      for (int i = 0; i < CLIENTS; i++) {
        assertThat(HttpAnswers.get(application.http("/web/"), HttpAnswers.ANONYMOUS).body())
            .isEqualTo("hello");
      }
      try (Wire wire = client.connect()) {
        wire.send("GET " + application.contextPath() + "/web/long HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(wire.readResponse().status()).isEqualTo(200);

        application.undeploy();

        assertThat(new String(wire.readToEnd(), UTF_8)).contains("begun").doesNotContain("0\r\n");
      }
      await("the end of connections to the upstream")
          .atMost(LIMIT)
          .until(() -> upstream.live() == 0);

      assertGone();
    }
  }

  private EchoStream openOne(String path) throws IOException {
    EchoStream stream = EchoStream.open(client, path);
    stream.assertEchoes("hello");
    return stream;
  }

  private void awaitActive(int streams) {
    Metrics.of(application.server()).await(streams, "culvert_streams_active", "\"exploded\"");
  }

  private void assertGone() {
    Loaders.await(application.server().jvm(), 0, "undeployed");
  }
}
