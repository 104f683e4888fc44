package dev.culvert.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.PayaraMicro;
import dev.culvert.testkit.ServerKind;
import dev.culvert.testkit.ServerOptions;
import dev.culvert.testkit.Upgrades;
import dev.culvert.testkit.Wire;
import dev.culvert.testkit.WorkDirectory;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The files of {@code server-config/payara-micro}. */
@Tag(ServerKind.ONLY_PAYARA)
class PayaraMicroScriptsIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String USER = HttpAnswers.basic(ServerScripts.USER, ServerScripts.PASSWORD);

  @Test
  void deploy_the_war_with_a_login_and_strict_headers() throws Exception {
    try (EchoUpstream upstream = EchoUpstream.start();
        PayaraMicro server = PayaraMicro.start(options(upstream))) {
      URI metrics = server.http("/culvert/admin/metrics");

      HttpResponse<String> challenge = HttpAnswers.get(metrics, HttpAnswers.ANONYMOUS);
      assertThat(challenge.statusCode()).isEqualTo(401);
      assertThat(challenge.headers().firstValue("WWW-Authenticate").orElse("")).contains("Basic");
      assertThat(challenge.headers().firstValue("Server")).isEmpty();
      assertThat(challenge.headers().firstValue("X-Powered-By")).isEmpty();

      int mark = server.log().mark();
      String request = Upgrades.request(server.port(), "/culvert/chat/room", "websocket");
      try (Wire wire = Wire.connect(server.port()).send(request)) {
        assertThat(wire.readResponse().status()).isEqualTo(101);
        assertThat(server.log().await(mark, "CULVERT-S001", LIMIT)).contains("route=chat");
        assertThat(HttpAnswers.get(metrics, USER).body())
            .contains("culvert_streams_active{route=\"chat\",upstream=\"chat\"} 1\n");
      }
    }
  }

  private static ServerOptions options(EchoUpstream upstream) throws IOException {
    Path files = WorkDirectory.create("micro");
    Path password =
        Files.writeString(
            files.resolve("password"), "AS_ADMIN_USERPASSWORD=" + ServerScripts.PASSWORD, UTF_8);
    ServerScripts scripts =
        new ServerScripts(
            "payara-micro",
            Map.of(
                "127.0.0.1:9000",
                "127.0.0.1:" + upstream.port(),
                "=prometheus.password",
                "=" + password,
                "=server-config",
                "=" + Path.of("server-config").toAbsolutePath(),
                " target/culvert.war",
                " " + WorkDirectory.required("culvert.war")));
    Path loopback = Path.of("deployments", "payara-micro", "loopback.txt");
    Path preboot = scripts.joined(List.of("preboot.asadmin"));
    Files.writeString(
        preboot, Files.readString(loopback, UTF_8) + Files.readString(preboot, UTF_8), UTF_8);
    return ServerOptions.DEFAULT.arguments(
        "--prebootcommandfile",
        preboot.toString(),
        "--postbootcommandfile",
        scripts.joined(List.of("postboot.asadmin")).toString());
  }
}
