package dev.culvert.it.payaraserver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.it.clients.JdkClient;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.WorkDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Deploys and configures the WAR with the script of {@code server-config/payara}. */
@Tag("payara-server")
class PayaraServerIT {

  private static final Path SCRIPT = Path.of("server-config/payara/culvert.asadmin");
  private static final String WAR = Path.of("target/culvert.war").toString();
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static PayaraServer server;
  private static EchoUpstream upstream;

  @BeforeAll
  static void deploy() throws IOException, InterruptedException {
    upstream = EchoUpstream.start();
    server = PayaraServer.start(Path.of(WorkDirectory.required("culvert.payara-server")));
    String commands =
        Files.readString(SCRIPT, UTF_8).replace("127.0.0.1:9000", "127.0.0.1:" + upstream.port());
    Path script = Files.writeString(WorkDirectory.create("asadmin").resolve("script"), commands);
    server.asadmin("multimode", "--file", script.toString());
    await("route").atMost(LIMIT).until(() -> server.log().contains("routes=[chat]"));
  }

  @AfterAll
  static void end() throws IOException, InterruptedException {
    if (server != null) {
      server.stop();
    }
    upstream.close();
  }

  @Test
  void a_detached_stream_lives_through_redeployments() throws Exception {
    try (JdkClient client = new JdkClient()) {
      client.ask("open " + server.ws("/culvert/chat/room"));
      assertThat(client.ask("text 20")).isEqualTo("echoed text 20");

      server.asadmin("redeploy", "--name", "culvert", WAR);
      assertThat(client.ask("text 21")).isEqualTo("echoed text 21");
      server.asadmin("undeploy", "culvert");
      assertThat(client.ask("text 22")).isEqualTo("echoed text 22");
      server.asadmin("deploy", "--name", "culvert", "--contextroot", "culvert", WAR);
      assertThat(client.ask("text 23")).isEqualTo("echoed text 23");
    }
  }
}
