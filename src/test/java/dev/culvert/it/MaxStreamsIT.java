package dev.culvert.it;

import static dev.culvert.it.Config.RAW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.ResponseHead;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A route carries no more streams and handshakes than it may. */
@ExtendWith(ServerExtension.class)
class MaxStreamsIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static EchoUpstream echo;
  private static ScriptedUpstream denying;
  private static Client client;

  @BeforeAll
  static void deploy(Application application) throws IOException {
    client = new Client(application);
    echo = EchoUpstream.start();
    denying = ScriptedUpstream.answering("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    application.deploy(
        Config.empty()
            .routeTo("two", echo.url())
            .onRoute("two", "max-streams", "2")
            .routeTo("one-denied", denying.url())
            .onRoute("one-denied", "max-streams", "1")
            .packed());
  }

  @AfterAll
  static void close() throws IOException {
    echo.close();
    denying.close();
  }

  @Test
  void one_more_gets_503_until_one_ends() throws IOException {
    try (Wire first = client.open("/two/", RAW);
        Wire second = client.open("/two/", "websocket")) {
      try (Wire third = client.ask("/two/", RAW)) {
        ResponseHead refusal = third.readResponse();
        assertThat(refusal.status()).isEqualTo(503);
        assertThat(refusal.first("Retry-After")).isPresent();
      }

      first.close();

      await("a place for one more")
          .atMost(LIMIT)
          .untilAsserted(() -> assertThat(statusOf("/two/")).isEqualTo(101));
      assertThat(second.send(new byte[0])).isNotNull();
    }
  }

  @Test
  void a_handshake_that_opens_no_stream_gives_its_place_back() throws IOException {
    assertThat(statusOf("/one-denied/")).isEqualTo(403);
    assertThat(statusOf("/one-denied/")).isEqualTo(403);
  }

  private static int statusOf(String path) throws IOException {
    try (Wire wire = client.ask(path, RAW)) {
      return wire.readResponse().status();
    }
  }
}
