package dev.culvert.it;

import static org.awaitility.Awaitility.await;

import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.ServerKind;
import dev.culvert.testkit.ServerOptions;
import dev.culvert.testkit.WildFly;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The ways in which WildFly redeploys, each on both profiles that are supported. Nothing of an
 * application is left on a fresh server either, whose worker threads began with its requests. The
 * profile {@code stress} sets the full numbers.
 */
@Tag(ServerKind.ONLY_WILDFLY)
class WildFlyRedeployIT {

  private static final String NAME = "chat.war";
  private static final int ROUNDS = Integer.getInteger("culvert.stress.redeploys", 2);

  /** Streams of each kind on each route. */
  private static final int STREAMS = Integer.getInteger("culvert.stress.streams", 10);

  /** Redeployments between two checks of the detached streams and of the classes. */
  private static final int CHECK_EVERY = Integer.getInteger("culvert.stress.check-every", 1);

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static EchoUpstream echo;
  private static Path first;
  private static Path second;

  /** Who deploys. */
  enum Way {
    MANAGEMENT {
      @Override
      void deploy(WildFly server, Path war) throws IOException {
        boolean there =
            server
                .manage("", "read-children-names", Map.of("child-type", "deployment"))
                .contains(NAME);
        Map<String, ?> content = Map.of("path", war.toString(), "archive", true);
        Map<String, ?> parameters = Map.of("content", List.of(content), "enabled", true);
        if (there) {
          Map<String, Object> replaced = new HashMap<>(parameters);
          replaced.put("name", NAME);
          server.manage("", "full-replace-deployment", replaced);
        } else {
          server.manage("/deployment=" + NAME, "add", parameters);
        }
      }

      @Override
      void undeploy(WildFly server) throws IOException {
        server.manage("/deployment=" + NAME, "remove", Map.of());
      }
    },
    COMMAND_LINE {
      @Override
      void deploy(WildFly server, Path war) throws Exception {
        server.cli("deploy --force --name=" + NAME + " " + war);
      }

      @Override
      void undeploy(WildFly server) throws Exception {
        server.cli("undeploy " + NAME);
      }
    },
    SCANNER {
      /** It scans every five seconds as shipped. */
      @Override
      void prepare(WildFly server) throws IOException {
        server.manage(
            "/subsystem=deployment-scanner/scanner=default",
            "write-attribute",
            Map.of("name", "scan-interval", "value", 200));
      }

      @Override
      void deploy(WildFly server, Path war) throws IOException {
        Path content = server.scanned().resolve(NAME);
        int mark = server.log().mark();
        Files.copy(war, content, StandardCopyOption.REPLACE_EXISTING);
        Files.writeString(server.scanned().resolve(NAME + ".dodeploy"), "");
        long time = content.toFile().lastModified();
        server.log().await(mark, "WFLYSRV00(10|16): .*" + NAME, LIMIT);
        // Written after that, with the archive's time; one that is deleted before would come back.
        await("the scanner's own mark")
            .atMost(LIMIT)
            .until(
                () -> server.scanned().resolve(NAME + ".deployed").toFile().lastModified() == time);
      }

      @Override
      void undeploy(WildFly server) throws IOException {
        Files.delete(server.scanned().resolve(NAME + ".deployed"));
        await("undeployment")
            .atMost(LIMIT)
            .until(() -> Files.exists(server.scanned().resolve(NAME + ".undeployed")));
      }
    };

    /** Makes a fresh server ready. */
    void prepare(WildFly server) throws IOException {}

    abstract void deploy(WildFly server, Path war) throws Exception;

    abstract void undeploy(WildFly server) throws Exception;
  }

  @BeforeAll
  static void start() throws IOException {
    echo = EchoUpstream.start();
    Config config =
        Config.empty()
            .set("defaults.upgrades", "websocket," + EchoStreams.OPAQUE)
            .upstream("echo", echo.url())
            .route("closing", "echo")
            .route("detached", "echo")
            .onRoute("detached", "on-redeploy", "detached");
    first = config.packed();
    second = config.set("defaults.headers.request.set.X-Round", "2").packed();
  }

  @AfterAll
  static void stop() {
    echo.close();
  }

  @ParameterizedTest
  @EnumSource
  void streams_live_or_close_as_their_route_says(Way way) throws Exception {
    ServerOptions profile =
        ServerOptions.DEFAULT.arguments(
            "-c", way == Way.COMMAND_LINE ? "standalone-microprofile.xml" : "standalone.xml");
    try (WildFly server = WildFly.start(profile)) {
      way.prepare(server);
      way.deploy(server, first);
      Client client = new Client(server, "/chat");
      EchoStreams detached = EchoStreams.open(client, "/detached/", STREAMS);
      detached.assertAllEcho("first");
      redeploy(server, way, client, 1);
      HeapWatch heap = HeapWatch.start(server.jvm());
      for (int round = 2; round <= ROUNDS; round++) {
        redeploy(server, way, client, round);
        if (round % CHECK_EVERY == 0) {
          detached.assertAllEcho("round " + round);
          Loaders.await(server.jvm(), 1, "round " + round);
        }
      }
      heap.awaitReturn();

      way.undeploy(server);

      detached.assertAllEcho("undeployed");
      Loaders.await(server.jvm(), 0, "undeployed");
      detached.finishAll();
    }
  }

  /** Opens streams of a route that closes them, deploys another configuration, sees them closed. */
  private static void redeploy(WildFly server, Way way, Client client, int round) throws Exception {
    EchoStreams closing = EchoStreams.open(client, "/closing/", STREAMS);
    closing.assertAllEcho("round " + round);

    way.deploy(server, round % 2 == 1 ? second : first);

    closing.assertAllClosed();
  }
}
