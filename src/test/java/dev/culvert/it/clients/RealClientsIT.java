package dev.culvert.it.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.War;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.management.JMException;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

@ExtendWith(ServerExtension.class)
class RealClientsIT {

  private static final int LARGE = 1024 * 1024;
  private static final String STREAMS = "dev.culvert:type=Streams";

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

  private final War culvert = War.culvert();
  private AutoCloseable upstream = () -> {};

  @AfterEach
  void endUpstream() throws Exception {
    upstream.close();
  }

  @ParameterizedTest
  @EnumSource
  void echoes_messages_of_all_kinds(Kind kind, Application application) throws Exception {
    try (RealClient client = kind.start()) {
      deploy(application, client, echo());
      client.ask("open " + application.ws("/live"));

      assertThat(client.ask("text 20")).isEqualTo("echoed text 20");
      assertThat(client.ask("binary 20")).isEqualTo("echoed binary 20");
      assertThat(client.ask("text " + LARGE)).isEqualTo("echoed text " + LARGE);
      assertThat(client.ask("binary " + LARGE)).isEqualTo("echoed binary " + LARGE);
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "CHROMIUM")
  void echoes_a_message_in_fragments(Kind kind, Application application) throws Exception {
    try (RealClient client = kind.start()) {
      deploy(application, client, echo());
      client.ask("open " + application.ws("/live"));

      assertThat(client.ask("fragments " + LARGE)).isEqualTo("echoed fragments " + LARGE);
    }
  }

  /** The JDK's client offers no extensions. */
  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "JDK")
  void passes_compressed_messages_through(Kind kind, Application application) throws Exception {
    try (RealClient client = kind.start()) {
      deploy(application, client, compressing());

      assertThat(client.ask("open " + application.ws("/live")))
          .startsWith("opened permessage-deflate");
      assertThat(client.ask("text " + LARGE)).isEqualTo("echoed text " + LARGE);
      assertThat((long) stream(application).get("bytesToUpstream")).isBetween(1L, LARGE / 4L);
      assertThat((long) stream(application).get("bytesFromUpstream")).isBetween(1L, LARGE / 4L);
    }
  }

  @ParameterizedTest
  @EnumSource
  void goes_on_through_redeployments(Kind kind, Application application) throws Exception {
    try (RealClient client = kind.start()) {
      Path war = deploy(application, client, echo());
      client.ask("open " + application.ws("/live"));
      assertThat(client.ask("text 20")).isEqualTo("echoed text 20");

      application.undeploy();
      assertThat(client.ask("binary " + LARGE)).isEqualTo("echoed binary " + LARGE);
      application.deploy(war);
      assertThat(client.ask("text 21")).isEqualTo("echoed text 21");
      application.redeploy(war);
      assertThat(client.ask("text 22")).isEqualTo("echoed text 22");
    }
  }

  @ParameterizedTest
  @EnumSource
  void hears_code_and_reason_of_an_operator(Kind kind, Application application) throws Exception {
    try (RealClient client = kind.start()) {
      deploy(application, client, echo());
      client.ask("open " + application.ws("/live"));
      client.ask("text 20");

      kill(application, (String) stream(application).get("id"), 4001, "bye");

      assertThat(client.receive()).isEqualTo("closed 4001 bye");
    }
  }

  @ParameterizedTest
  @EnumSource
  void hears_of_the_undeployment(Kind kind, Application application) throws Exception {
    application.configure("culvert.defaults.on-redeploy", "close");
    try (RealClient client = kind.start()) {
      deploy(application, client, echo());
      client.ask("open " + application.ws("/live"));
      client.ask("text 20");

      application.undeploy();

      assertThat(client.receive()).startsWith("closed 1001");
    }
  }

  private String echo() throws IOException {
    EchoUpstream started = EchoUpstream.start();
    upstream = started;
    return "ws://127.0.0.1:" + started.port();
  }

  private String compressing() throws IOException, InterruptedException {
    CompressingUpstream started = CompressingUpstream.start(Tools.node());
    upstream = started;
    return started.url();
  }

  private Path deploy(Application application, RealClient client, String upstreamUrl) {
    application.configure("culvert.upstreams.echo.url", upstreamUrl);
    Path war =
        culvert
            .withConfig(
                Map.of(
                    "culvert.routes.live.path", "/live",
                    "culvert.routes.live.upstreams", "echo",
                    "culvert.defaults.on-redeploy", "detached",
                    "culvert.defaults.origins", client.origin().orElse("https://example.org")))
            .packed();
    application.deploy(war);
    return war;
  }

  /** The one live stream of an application. */
  private static CompositeData stream(Application application) {
    CompositeData[] all = (CompositeData[]) application.server().jvm().invoke(STREAMS, "list");
    return Arrays.stream(all)
        .filter(view -> ((String) view.get("application")).endsWith(application.contextPath()))
        .findFirst()
        .orElseThrow();
  }

  private static void kill(Application application, String id, int code, String reason)
      throws JMException, IOException {
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
