package dev.culvert.it;

import static dev.culvert.it.Config.RAW;
import static dev.culvert.testkit.WebSocketFrame.CLOSE;
import static dev.culvert.testkit.WebSocketFrame.PING;
import static dev.culvert.testkit.WebSocketFrame.PONG;
import static dev.culvert.testkit.WebSocketFrame.TEXT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.it.WebSocketPeer.Close;
import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.Upgrades;
import dev.culvert.testkit.WebSocketFrame;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The limits of a stream in time and size, with the JDK's WebSocket client. */
@ExtendWith(ServerExtension.class)
class StreamLimitsIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** What the recording upstream got, close frames left out. */
  private static final List<WebSocketFrame> RECORDED = new CopyOnWriteArrayList<>();

  private static EchoUpstream echo;
  private static ScriptedUpstream recording;
  private static Application application;
  private static Management management;

  @BeforeAll
  static void deploy(Application deployed) throws IOException {
    application = deployed;
    echo = EchoUpstream.start();
    recording =
        ScriptedUpstream.onRequest(
            (request, connection) -> {
              connection.send(Upgrades.switching(request));
              connection.send(
                  WebSocketFrame.ofServer(true, PING, "from upstream".getBytes(UTF_8)).bytes());
              record(connection);
            });
    application.deploy(
        Config.empty()
            .set("defaults.stream.ping-interval", "0")
            .routeTo("idle", echo.url())
            .onRoute("idle", "stream.idle-timeout", "500ms")
            .routeTo("short", echo.url())
            .onRoute("short", "stream.timeout", "700ms")
            .routeTo("pinged", recording.url())
            .onRoute("pinged", "stream.ping-interval", "200ms")
            .routeTo("small-frames", echo.url())
            .onRoute("small-frames", "stream.max-frame", "1KiB")
            .routeTo("small-messages", echo.url())
            .onRoute("small-messages", "stream.max-message", "1KiB")
            .packed());
    management = new Management(application.server());
  }

  @AfterAll
  static void close() throws IOException {
    echo.close();
    recording.close();
  }

  private static void record(Wire connection) throws IOException {
    while (true) {
      WebSocketFrame frame = WebSocketFrame.read(connection);
      if (frame.opcode() == CLOSE) {
        connection.send(frame.closeAnswer().bytes());
        return;
      }
      RECORDED.add(frame);
      if (frame.opcode() == PING) {
        connection.send(WebSocketFrame.ofServer(true, PONG, frame.payload()).bytes());
      }
    }
  }

  @Test
  void a_silent_stream_ends_after_its_idle_timeout() throws Exception {
    int mark = application.server().log().mark();
    try (WebSocketPeer client = WebSocketPeer.connect(application.ws("/idle/"))) {
      client.send("hello");
      assertThat(client.next()).isEqualTo("hello");

      assertThat(client.awaitClose()).isEqualTo(new Close(1001, "idle timeout"));
    }
    assertResult("idle", "idle");
    assertThat(application.server().log().find(mark, "SEVERE")).isEmpty();
  }

  @Test
  void a_silent_raw_stream_ends_after_its_idle_timeout() throws Exception {
    try (Wire wire = new Client(application).open("/idle/raw", RAW)) {
      assertThat(wire.readToEnd()).isEmpty();
    }
    management.awaitStreams("idle", 0);
  }

  @Test
  void a_busy_stream_ends_after_its_absolute_timeout() throws Exception {
    try (WebSocketPeer client = WebSocketPeer.connect(application.ws("/short/"))) {
      await("the end")
          .atMost(LIMIT)
          .pollInterval(Duration.ofMillis(50))
          .until(
              () -> {
                if (!client.isClosed()) {
                  var unused = client.socket().sendText("busy", true);
                }
                return client.isClosed();
              });

      assertThat(client.awaitClose()).isEqualTo(new Close(1001, "stream timeout"));
    }
    assertResult("short", "timeout");
  }

  @Test
  void pings_keep_silent_sides_alive_and_their_pongs_go_no_further() throws Exception {
    try (WebSocketPeer client = WebSocketPeer.connect(application.ws("/pinged/"))) {
      await("pings of the gateway at both sides")
          .atMost(LIMIT)
          .until(() -> client.pings().size() > 2 && recorded(PING).size() > 1);

      client.socket().sendPing(ByteBuffer.wrap("from client".getBytes(UTF_8))).get();

      await("answer to the client's own ping")
          .atMost(LIMIT)
          .until(() -> client.pongs().contains("from client"));
      assertThat(client.pongs()).containsExactly("from client");
      assertThat(client.pings()).contains("from upstream");
      await("answer to the upstream's own ping")
          .atMost(LIMIT)
          .until(() -> !recorded(PONG).isEmpty());
      assertThat(recorded(PONG)).containsExactly("from upstream");
      assertThat(RECORDED).allSatisfy(frame -> assertThat(frame.masked()).isTrue());
    }
  }

  private static List<String> recorded(int opcode) {
    return RECORDED.stream()
        .filter(frame -> frame.opcode() == opcode)
        .map(frame -> new String(frame.payload(), UTF_8))
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "small-frames,frame larger than 1024 bytes",
    "small-messages,message larger than 1024 bytes"
  })
  void too_large_a_message_closes_with_1009(String route, String reason) throws Exception {
    try (WebSocketPeer client = WebSocketPeer.connect(application.ws("/" + route + "/"))) {
      client.send("x".repeat(1024));
      assertThat(client.next()).hasSize(1024);

      var unused = client.socket().sendText("x".repeat(1025), true);

      assertThat(client.awaitClose()).isEqualTo(new Close(1009, reason));
    }
    assertResult(route, "error");
  }

  @Test
  void fragments_count_together_as_one_message() throws Exception {
    try (Wire wire = new Client(application).open("/small-messages/", "websocket")) {
      wire.send(WebSocketFrame.ofClient(false, TEXT, new byte[1000]).bytes());
      assertThat(WebSocketFrame.read(wire).payload()).hasSize(1000);

      wire.send(WebSocketFrame.ofClient(true, 0, new byte[25]).bytes());

      assertThat(WebSocketFrame.read(wire).closeCode()).isEqualTo(1009);
    }
    management.awaitStreams("small-messages", 0);
  }

  private static void assertResult(String route, String result) {
    management.awaitStreams(route, 0);
    assertThat(management.streams().getEnded()).containsKey(result);
  }
}
