package dev.culvert.it.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.War;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.management.JMException;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * WebSocket clients of others. Each is started once and opens one stream after the other; where the
 * application is deployed anew, all of them have one.
 */
@ExtendWith(ServerExtension.class)
class RealClientsIT {

  private static final int LARGE = 1024 * 1024;
  private static final String STREAMS = "dev.culvert:type=Streams";
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** The JDK's client stands first: it needs nothing from outside. */
  enum Kind {
    JDK,
    NODE,
    PYTHON,
    CHROMIUM;

    RealClient start() throws IOException, InterruptedException {
      return switch (this) {
        case JDK -> new JdkClient();
        case NODE ->
            ScriptClient.start(List.of("node", Tools.node().resolve("client.mjs").toString()));
        case PYTHON -> ScriptClient.start(Tools.python());
        case CHROMIUM -> Browser.start(Tools.chromium());
      };
    }
  }

  private static Clients<Kind> clients;
  private static Application application;
  private static EchoUpstream echo;
  private static Optional<CompressingUpstream> compressing = Optional.empty();
  private static Path war;

  @BeforeAll
  static void deploy(Application notDeployed) throws Exception {
    application = notDeployed;
    echo = EchoUpstream.start();
    clients = Clients.start(Kind.class, Kind::start);
    if (clients.has(Kind.NODE)) {
      compressing = Optional.of(CompressingUpstream.start(Tools.node()));
    }
    war = War.culvert().withConfig(config()).packed();
    application.deploy(war);
  }

  private static Map<String, String> config() {
    String plain = "ws://127.0.0.1:" + echo.port();
    return Map.of(
        "culvert.upstreams.echo.url", plain,
        "culvert.upstreams.compressing.url",
            compressing.map(CompressingUpstream::url).orElse(plain),
        "culvert.routes.live.path", "/live",
        "culvert.routes.live.upstreams", "echo",
        "culvert.routes.live.on-redeploy", "detached",
        "culvert.routes.closing.path", "/closing",
        "culvert.routes.closing.upstreams", "echo",
        "culvert.routes.compressed.path", "/compressed",
        "culvert.routes.compressed.upstreams", "compressing",
        "culvert.defaults.origins", clients.origin().orElse("https://example.org"));
  }

  @AfterAll
  static void end() throws IOException {
    clients.close();
    compressing.ifPresent(CompressingUpstream::close);
    echo.close();
  }

  private static String open(RealClient client, String path)
      throws IOException, InterruptedException {
    return client.ask("open " + application.ws(path));
  }

  /** Closes the client's stream, and waits until it is none any more. */
  private static void close(RealClient client) throws IOException, InterruptedException {
    int others = streams().size() - 1;
    assertThat(client.ask("close 1000")).isEqualTo("closed 1000");
    awaitStreams(others);
  }

  private static void awaitStreams(int count) {
    await("the end of the stream").atMost(LIMIT).until(() -> streams().size() == count);
  }

  @ParameterizedTest
  @EnumSource
  void echoes_messages_of_all_kinds(Kind kind) throws Exception {
    RealClient client = clients.of(kind);
    open(client, "/live");

    assertThat(client.ask("text 20")).isEqualTo("echoed text 20");
    assertThat(client.ask("binary 20")).isEqualTo("echoed binary 20");
    assertThat(client.ask("text " + LARGE)).isEqualTo("echoed text " + LARGE);
    assertThat(client.ask("binary " + LARGE)).isEqualTo("echoed binary " + LARGE);
    close(client);
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "CHROMIUM")
  void echoes_a_message_in_fragments(Kind kind) throws Exception {
    RealClient client = clients.of(kind);
    open(client, "/live");

    assertThat(client.ask("fragments " + LARGE)).isEqualTo("echoed fragments " + LARGE);
    close(client);
  }

  /** The JDK's client offers no extensions. */
  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "JDK")
  void passes_compressed_messages_through(Kind kind) throws Exception {
    RealClient client = clients.of(kind);
    clients.of(Kind.NODE); // the upstream's program
    assertThat(open(client, "/compressed")).startsWith("opened permessage-deflate");
    assertThat(client.ask("text " + LARGE)).isEqualTo("echoed text " + LARGE);
    assertThat((long) onlyStream().get("bytesToUpstream")).isBetween(1L, LARGE / 4L);
    assertThat((long) onlyStream().get("bytesFromUpstream")).isBetween(1L, LARGE / 4L);
    close(client);
  }

  @Test
  void go_on_through_redeployments() throws Exception {
    clients.open(application.ws("/live").toString());
    clients.echo("text 20");

    application.undeploy();
    clients.echo("binary " + LARGE);
    application.deploy(war);
    clients.echo("text 21");
    application.redeploy(war);
    clients.echo("text 22");

    for (Kind kind : Kind.values()) {
      if (clients.has(kind)) {
        close(clients.of(kind));
      }
    }
    clients.requireAll();
  }

  @ParameterizedTest
  @EnumSource
  void hears_code_and_reason_of_an_operator(Kind kind) throws Exception {
    RealClient client = clients.of(kind);
    open(client, "/live");
    client.ask("text 20");

    kill((String) onlyStream().get("id"), 4001, "bye");

    assertThat(client.receive()).isEqualTo("closed 4001 bye");
    awaitStreams(0);
  }

  @Test
  void hear_of_the_undeployment() throws Exception {
    clients.open(application.ws("/closing").toString());
    clients.echo("text 20");

    application.undeploy();

    try {
      clients.awaitClosed(1001);
    } finally {
      application.deploy(war);
    }
    clients.requireAll();
  }

  /** The live streams of the application. */
  private static List<CompositeData> streams() {
    CompositeData[] all = (CompositeData[]) application.server().jvm().invoke(STREAMS, "list");
    return Arrays.stream(all)
        .filter(view -> ((String) view.get("application")).endsWith(application.contextPath()))
        .toList();
  }

  private static CompositeData onlyStream() {
    List<CompositeData> all = streams();
    assertThat(all).hasSize(1);
    return all.get(0);
  }

  private static void kill(String id, int code, String reason) throws JMException, IOException {
    application
        .server()
        .jvm()
        .beans()
        .invoke(
            new ObjectName(STREAMS),
            "close",
            new Object[] {id, code, reason},
            new String[] {String.class.getName(), "int", String.class.getName()});
  }
}
