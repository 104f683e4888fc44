package dev.culvert.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.it.clients.JdkClient;
import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.PayaraMicro;
import dev.culvert.testkit.ServerKind;
import dev.culvert.testkit.ServerOptions;
import dev.culvert.testkit.War;
import dev.culvert.testkit.WorkDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The files of {@code deployments/payara-micro}. */
@Tag(ServerKind.ONLY_PAYARA)
class PayaraMicroExampleIT {

  private static final Path EXAMPLE = Path.of("deployments", "payara-micro");

  @Test
  void configures_a_detached_route() throws Exception {
    try (EchoUpstream upstream = EchoUpstream.start();
        PayaraMicro server = PayaraMicro.start(options(upstream));
        JdkClient client = new JdkClient()) {
      Application application = server.application("example");
      Path war = War.culvert().packed();
      application.deploy(war);

      assertThat(client.ask("open " + application.ws("/chat/room"))).isEqualTo("opened");
      application.redeploy(war);
      assertThat(client.ask("text 20")).isEqualTo("echoed text 20");
    }
  }

  private static ServerOptions options(EchoUpstream upstream) throws IOException {
    String example = Files.readString(EXAMPLE.resolve("culvert.properties"), UTF_8);
    Path file = WorkDirectory.create("example").resolve("culvert.properties");
    Files.writeString(file, example.replace(":9000", ":" + upstream.port()), UTF_8);
    return ServerOptions.DEFAULT.arguments(
        "--systemproperties",
        file.toString(),
        "--prebootcommandfile",
        EXAMPLE.resolve("loopback.txt").toAbsolutePath().toString());
  }
}
