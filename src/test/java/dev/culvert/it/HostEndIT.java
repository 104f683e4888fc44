package dev.culvert.it;

import static dev.culvert.it.Config.RAW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.ServerJvm;
import dev.culvert.testkit.TestServer;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * How a host ends: replaced by one that speaks another protocol, drained, with its server. On a
 * server where no other application uses it.
 */
@TestMethodOrder(OrderAnnotation.class)
class HostEndIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration SERVER_LIMIT = Duration.ofSeconds(30);
  private static final String DRAINING = Management.HOST + ",draining=*";

  /** Streams of each kind and policy when the server stops. */
  private static final int STREAMS = 25;

  private static TestServer server;
  private static EchoUpstream echo;
  private static ServerJvm jvm;

  @BeforeAll
  static void start() throws IOException {
    echo = EchoUpstream.start();
    server = TestServer.start();
    jvm = server.jvm();
  }

  @AfterAll
  static void stop() {
    server.close();
    echo.close();
  }

  /** A WAR whose protocol the host does not speak brings a host of its own. */
  @Test
  @Order(1)
  void the_old_host_carries_its_streams_to_their_end_and_goes() throws Exception {
    try (Application application = server.application("protocols")) {
      Client client = new Client(application);
      Config config =
          Config.empty().routeTo("chat", echo.url()).set("defaults.on-redeploy", "detached");
      Path built = config.packed();
      Path newer = config.war().withProtocol(1_000).packed();
      application.deploy(built);
      int own = protocol();
      long loops = loops();
      EchoStream first = EchoStream.open(client, "/chat/");

      application.redeploy(newer);

      EchoStream second = EchoStream.open(client, "/chat/");
      second.assertEchoes("through the new host");
      first.assertEchoes("through the old host");
      assertThat(protocol()).isEqualTo(1_000);
      ObjectName old = jvm.names(DRAINING).iterator().next();
      assertThat(jvm.attribute(old.toString(), "Protocol")).isEqualTo(own);
      assertThat(jvm.attribute(old.toString(), "ActiveStreams")).isEqualTo(1);
      assertThat(loops()).isEqualTo(2 * loops);

      first.finish();
      awaitOneHost(loops);

      application.redeploy(built);

      second.assertEchoes("through what is now the old host");
      assertThat(protocol()).isEqualTo(own);
      assertThat(jvm.names(DRAINING)).hasSize(1);
      second.finish();
      awaitOneHost(loops);
      jvm.collectGarbage();
      assertThat(jvm.instancesOf("dev.culvert.host.Host")).isEqualTo(1);
      Loaders.await(jvm, 1, "both hosts drained");
    }
  }

  private static int protocol() {
    return (int) jvm.attribute(Management.HOST, "Protocol");
  }

  private static long loops() {
    return jvm.threadNames().stream().filter(name -> name.startsWith("culvert-loop")).count();
  }

  private static void awaitOneHost(long loops) {
    await("the end of the old host")
        .atMost(LIMIT)
        .untilAsserted(
            () -> {
              assertThat(jvm.names("dev.culvert:type=Bridge,*")).hasSize(1);
              assertThat(jvm.names(DRAINING)).isEmpty();
              assertThat(loops()).isEqualTo(loops);
            });
  }

  @Test
  @Order(2)
  void a_draining_host_leaves_with_its_last_stream() throws Exception {
    try (Application application = server.application("drained")) {
      application.deploy(
          Config.empty()
              .routeTo("chat", echo.url())
              .onRoute("chat", "on-redeploy", "detached")
              .packed());
      try (Wire wire = new Client(application).open("/chat/", RAW)) {
        new Management(server).awaitStreams("chat", 1);

        ObjectName bridge = jvm.names("dev.culvert:type=Bridge,*").iterator().next();
        jvm.invoke(bridge.toString(), "drain");
        application.undeploy();

        assertThat(jvm.names(Management.HOST)).isEmpty();
        assertThat(jvm.names(DRAINING)).hasSize(1);
        assertThat(jvm.names(Management.STREAMS + ",draining=*")).hasSize(1);
        assertThat(wire.send("still here").readText(10)).isEqualTo("still here");
      }
      await("the end of the host")
          .atMost(LIMIT)
          .untilAsserted(
              () -> {
                assertThat(jvm.names("dev.culvert:*")).isEmpty();
                assertThat(jvm.threadNames()).noneMatch(name -> name.startsWith("culvert-loop"));
              });
    }
  }

  /** The last one: the server is gone then. */
  @Test
  @Order(3)
  void streams_of_every_policy_get_1001_before_their_connection_ends() throws Exception {
    Application application = server.application("exit");
    Client client = new Client(application);
    Path war = war();
    application.deploy(war);
    EchoStreams orphaned = EchoStreams.open(client, "/detached/", STREAMS);
    EchoStreams doomed = EchoStreams.open(client, "/delayed/", STREAMS);
    application.redeploy(war);
    EchoStreams detached = EchoStreams.open(client, "/detached/", STREAMS);
    EchoStreams closing = EchoStreams.open(client, "/closing/", STREAMS);
    WebSocketPeer jdk = WebSocketPeer.connect(application.ws("/detached/"));
    List<CompletableFuture<Void>> ends =
        Stream.of(orphaned, doomed, detached, closing)
            .map(streams -> CompletableFuture.runAsync(streams::assertAllClosed))
            .toList();

    assertThat(server.stop(SERVER_LIMIT)).isTrue();

    assertThat(ends).allSatisfy(end -> assertThat(end).succeedsWithin(SERVER_LIMIT));
    assertThat(jdk.awaitClose()).isEqualTo(new WebSocketPeer.Close(1001, "server shutdown"));
    assertThat(endsInLog("detached")).hasSize(4 * STREAMS + 1).containsOnly("shutdown");
    assertThat(endsInLog("delayed")).hasSize(2 * STREAMS).containsOnly("shutdown");
  }

  private static List<String> endsInLog(String route) {
    Pattern end = Pattern.compile("stream closed .* route=" + route + " .*result=(\\S+)");
    return server.log().lines().stream()
        .map(end::matcher)
        .filter(Matcher::find)
        .map(found -> found.group(1))
        .toList();
  }

  private static Path war() {
    return Config.empty()
        .set("defaults.upgrades", "websocket," + EchoStreams.OPAQUE)
        .set("stream.logs.level", "INFO")
        .upstream("echo", echo.url())
        .route("closing", "echo")
        .route("delayed", "echo")
        .onRoute("delayed", "close-delay", "1h")
        .route("detached", "echo")
        .onRoute("detached", "on-redeploy", "detached")
        .packed();
  }
}
