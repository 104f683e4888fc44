package dev.culvert.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.sim.Script;
import dev.culvert.testkit.Http2Wire;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.ServerJvm;
import dev.culvert.testkit.ServerKind;
import dev.culvert.testkit.Wire;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP clients that ask for a turn and take nothing of a long answer. */
@ExtendWith(ServerExtension.class)
class TurnStallIT extends SimulatedTurns {

  /** More than the systems' buffers hold. */
  private static final Script LONG = Script.RIGHT.withDeltas(200).withPadding(64 * 1024);

  /** In Undertow, and in Grizzly. */
  private static final Pattern WAITING =
      Pattern.compile("ServletOutputStreamImpl\\.|OutputBuffer\\.blockAfterWriteIfNeeded");

  private static final int NARROW = 4096;

  private static ServerJvm jvm;

  @BeforeAll
  static void deploy() throws IOException {
    jvm = application.server().jvm();
    application.deploy(
        Config.empty()
            .turns("v1", "llm", upstream.port())
            .onRoute("v1", "stream.stall-timeout", "1s")
            .packed());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void they_are_cut_off_and_hold_up_nobody(boolean streams) throws Exception {
    assertOthersAreServed();
    long before = jvm.openFiles();
    long waited = waitingThreads();
    upstream.script(LONG);
    try (Wire stalled = Wire.connect(application.server().port(), NARROW)) {
      stalled.send(request(streams));
      assertThat(stalled.readResponse().status()).isEqualTo(200);
      await("a thread that waits").atMost(LIMIT).until(() -> waitingThreads() > waited);

      await("its end").atMost(LIMIT).until(() -> waitingThreads() <= waited);
      if (ServerKind.underTest() != ServerKind.WILDFLY) { // XNIO's threads keep selectors
        await("its connection's end").atMost(LIMIT).until(() -> jvm.openFiles() <= before);
      }
      assertOthersAreServed();
      assertThat(new String(stalled.readToEnd(), UTF_8)).doesNotContain("\r\n0\r\n\r\n");
    }
  }

  /** Its window is as large as that of any stream, and it never says that it has room again. */
  @Test
  void over_http2_the_stream_alone_ends() throws Exception {
    long waited = waitingThreads();
    upstream.script(LONG);
    try (Http2Wire wire = Http2Wire.connect(application.server().port())) {
      ask(wire, 1, body(true));
      Http2Wire.Answer stalled = wire.answer(1);
      assertThat(stalled.status()).isEqualTo(200);
      assertThat(stalled.whole()).isFalse();
      if (ServerKind.underTest() == ServerKind.WILDFLY) { // Grizzly's waits 30 s for any stream
        await("the server's threads").atMost(LIMIT).until(() -> waitingThreads() <= waited);
      }

      ask(wire.window(1024), 3, "no JSON");
      assertThat(wire.answer(3).status()).as("the connection lives").isEqualTo(400);
    }
  }

  private String body(boolean streams) {
    JsonObjectBuilder body = TurnPeer.body(conversation, "hello");
    return body.add("stream", streams).build().toString();
  }

  private String request(boolean streams) {
    String body = body(streams);
    String fields = "Content-Length: " + body.length() + "\r\nConnection: close\r\n";
    return new Client(application).head("POST", "/v1/responses", fields) + body;
  }

  private static void ask(Http2Wire wire, int stream, String body) throws IOException {
    wire.headers(
            stream,
            false,
            ":method",
            "POST",
            ":scheme",
            "http",
            ":path",
            application.contextPath() + "/v1/responses",
            ":authority",
            "127.0.0.1",
            "content-length",
            Integer.toString(body.length()))
        .data(stream, true, body);
  }

  /** Which wait for a client to take something. */
  private static long waitingThreads() {
    return WAITING.matcher(jvm.threadDump()).results().count();
  }

  /** Over the upstream's connection of the same conversation. */
  private void assertOthersAreServed() throws IOException {
    try (Wire other = Wire.connect(application.server().port())) {
      other.send(request(false));
      assertThat(other.readResponse().status()).isEqualTo(200);
      assertThat(new String(other.readToEnd(), UTF_8)).contains("word1");
    }
  }
}
