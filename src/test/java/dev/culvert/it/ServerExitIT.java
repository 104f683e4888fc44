package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.TestServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A server that stops closes its streams properly, whatever their policy. */
class ServerExitIT {

  /** Streams of each kind and policy. */
  private static final int STREAMS = 25;

  private static final Duration LIMIT = Duration.ofSeconds(30);

  @Test
  void streams_of_every_policy_get_1001_before_their_connection_ends() throws Exception {
    try (EchoUpstream echo = EchoUpstream.start();
        TestServer server = TestServer.start()) {
      Application application = server.application("exit");
      Client client = new Client(application);
      Path war = war(echo);
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

      assertThat(server.stop(LIMIT)).isTrue();

      assertThat(ends).allSatisfy(end -> assertThat(end).succeedsWithin(LIMIT));
      assertThat(jdk.awaitClose()).isEqualTo(new WebSocketPeer.Close(1001, "server shutdown"));
      assertThat(endsInLog(server, "detached")).hasSize(4 * STREAMS + 1).containsOnly("shutdown");
      assertThat(endsInLog(server, "delayed")).hasSize(2 * STREAMS).containsOnly("shutdown");
    }
  }

  private static List<String> endsInLog(TestServer server, String route) {
    Pattern end = Pattern.compile("stream closed .* route=" + route + " .*result=(\\S+)");
    return server.log().lines().stream()
        .map(end::matcher)
        .filter(Matcher::find)
        .map(found -> found.group(1))
        .toList();
  }

  private static Path war(EchoUpstream echo) {
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
