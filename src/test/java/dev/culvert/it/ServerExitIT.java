package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.PayaraMicro;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A server that stops closes its streams properly, whatever their policy. */
class ServerExitIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  @Test
  void streams_of_every_policy_get_1001_before_their_connection_ends() throws Exception {
    try (EchoUpstream echo = EchoUpstream.start();
        PayaraMicro server = PayaraMicro.start()) {
      Application application = server.application("exit");
      Client client = new Client(application);
      Path war = war(echo);
      application.deploy(war);
      List<EchoStream> streams = new ArrayList<>();
      streams.add(EchoStream.open(client, "/detached/"));
      streams.add(EchoStream.open(client, "/delayed/"));
      application.redeploy(war);
      streams.add(EchoStream.open(client, "/detached/"));
      streams.add(EchoStream.open(client, "/delayed/"));
      streams.add(EchoStream.open(client, "/closing/"));
      streams.forEach(stream -> stream.assertEchoes("before"));
      List<CompletableFuture<Integer>> ends =
          streams.stream().map(s -> CompletableFuture.supplyAsync(s::awaitEnd)).toList();
      WebSocketPeer jdk = WebSocketPeer.connect(application.ws("/detached/"));

      assertThat(server.stop(LIMIT)).isTrue();

      assertThat(ends).extracting(CompletableFuture::join).containsOnly(1001);
      assertThat(jdk.awaitClose()).isEqualTo(new WebSocketPeer.Close(1001, "server shutdown"));
      assertThat(endsInLog(server, "detached"))
          .hasSize(3)
          .containsOnly("result=shutdown code=1001");
      assertThat(endsInLog(server, "delayed")).hasSize(2).containsOnly("result=shutdown code=1001");
    }
  }

  private static List<String> endsInLog(PayaraMicro server, String route) {
    Pattern end = Pattern.compile("stream closed .* route=" + route + " .*(result=\\S+ code=\\d+)");
    return server.log().lines().stream()
        .map(end::matcher)
        .filter(Matcher::find)
        .map(found -> found.group(1))
        .toList();
  }

  private static Path war(EchoUpstream echo) {
    return Config.empty()
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
