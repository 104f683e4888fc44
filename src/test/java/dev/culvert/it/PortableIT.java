package dev.culvert.it;

import static dev.culvert.it.Config.RAW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.RequestHead;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.ServerKind;
import dev.culvert.testkit.Upgrades;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Streams whose clients' connections stay with the server, on each server that there is. One
 * deployment serves all tests.
 */
@Tag(ServerKind.PORTABLE)
@ExtendWith(ServerExtension.class)
class PortableIT {

  private static final int LARGE = 16 * 1024 * 1024;
  private static final int NARROW = 64 * 1024;
  private static final int STREAMS = 20;

  /** More than any of the servers has threads for requests. */
  private static final int SILENT = 250;

  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** Where the end of a client's output closes its connection. */
  private static final Set<ServerKind> GRIZZLY =
      EnumSet.of(ServerKind.PAYARA_MICRO, ServerKind.GLASSFISH);

  private static Application application;
  private static Client client;
  private static Management management;
  private static EchoUpstream echo;
  private static ScriptedUpstream scripted;
  private static ScriptedUpstream silent;

  /** Where the log was before the deployment. */
  private static int mark;

  /** Whose upstream {@link #scripted} is; the test's thread sets it before a stream opens. */
  private static volatile PortableIT current;

  private final BlockingQueue<byte[]> seenByUpstream = new ArrayBlockingQueue<>(1);

  /** Opened when the upstream may read. */
  private final CountDownLatch reading = new CountDownLatch(1);

  @BeforeAll
  static void deploy(Application deployed) throws IOException {
    application = deployed;
    client = new Client(application);
    mark = application.server().log().mark();
    echo = EchoUpstream.start();
    scripted = ScriptedUpstream.onRequest((request, wire) -> current.serve(request, wire));
    silent = ScriptedUpstream.silent();
    application.deploy(
        Config.empty()
            .portable()
            .routeTo("echo", echo.url())
            .routeTo("scripted", scripted.url())
            .routeTo("silent", silent.url())
            .onRoute("silent", "handshake-timeout", "10m")
            .packed());
    management = new Management(application.server());
  }

  @BeforeEach
  void serveThisTest() {
    current = this;
  }

  private void serve(RequestHead request, Wire connection) throws IOException {
    String target = request.target();
    if (target.endsWith("/refuses")) {
      connection.send("HTTP/1.1 401 Unauthorized\r\nContent-Length: 3\r\n\r\nno!");
      return;
    }
    connection.send(Upgrades.switching(request));
    if (target.endsWith("/sends")) {
      connection.send(pattern(LARGE)).endOutput();
      connection.readToEnd();
    } else if (target.contains("/waits")) {
      await("leave to read").atMost(LIMIT).until(() -> reading.getCount() == 0);
      seenByUpstream.add(
          target.endsWith("/waits") ? connection.read(LARGE) : connection.readToEnd());
      connection.send("heard");
    } else {
      seenByUpstream.add(connection.readToEnd());
      connection.send("heard");
    }
  }

  @AfterAll
  static void close() throws IOException {
    echo.close();
    scripted.close();
    silent.close();
  }

  @Test
  void the_log_says_once_that_it_is_used_and_why() throws IOException {
    for (int i = 0; i < 3; i++) {
      EchoStream.open(client, "/echo/").finish();
    }

    List<String> told =
        application.server().log().linesFrom(mark).stream()
            .filter(line -> line.contains("CULVERT-G010"))
            .toList();
    assertThat(told).hasSize(1);
    assertThat(told.get(0))
        .contains(
            ServerKind.underTest().takesOver()
                ? "reason=culvert.take-over is never"
                : "reason=the server is neither Payara nor WildFly");
  }

  @Test
  void a_real_client_talks_and_closes() throws Exception {
    try (WebSocketPeer peer = WebSocketPeer.connect(application.ws("/echo/"))) {
      assertThat(peer.send("hello").next()).isEqualTo("hello");
      peer.socket().sendClose(1000, "done").get(LIMIT.toSeconds(), TimeUnit.SECONDS);

      assertThat(peer.awaitClose().code()).isEqualTo(1000);
    }
    management.awaitStreams("echo", 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {RAW, EchoStream.WEBSOCKET})
  void small_messages_pass_one_after_the_other(String token) throws IOException {
    try (EchoStream stream = EchoStream.open(client, "/echo/", token)) {
      for (int i = 0; i < 500; i++) {
        stream.assertEchoes("message " + i);
      }
      stream.finish();
    }
  }

  @Test
  void many_streams_at_once() throws IOException {
    List<EchoStream> streams = new ArrayList<>();
    for (int i = 0; i < STREAMS; i++) {
      streams.add(EchoStream.open(client, "/echo/"));
    }
    for (int round = 0; round < 20; round++) {
      streams.forEach(stream -> stream.send("all of us"));
      streams.forEach(stream -> assertThat(stream.receive("all of us")).isEqualTo("all of us"));
    }
    management.awaitStreams("echo", STREAMS);
    streams.forEach(EchoStream::finish);
    management.awaitStreams("echo", 0);
  }

  @Test
  void an_upstream_that_is_silent_holds_no_thread_of_the_server() throws IOException {
    List<Wire> waiting = new ArrayList<>();
    for (int i = 0; i < SILENT; i++) {
      waiting.add(client.ask("/silent/", RAW));
    }
    awaitHandshakes(SILENT);

    EchoStream stream = EchoStream.open(client, "/echo/");
    stream.assertEchoes("meanwhile");
    stream.finish();
    assertThat(management.host().getHandshakes()).isEqualTo(SILENT);

    silent.close();
    for (Wire wire : waiting) {
      assertThat(wire.readResponse().status()).isEqualTo(502);
      wire.close();
    }
    awaitHandshakes(0);
  }

  private static void awaitHandshakes(int count) {
    await("handshakes").atMost(LIMIT).until(() -> management.host().getHandshakes() == count);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1000, 8192, 65_536, 1024 * 1024})
  void bytes_right_after_the_request_are_not_lost(int size) throws IOException {
    try (Wire wire = client.connect()) {
      wire.send(joined(client.request("/echo/", RAW), pattern(size)));

      assertThat(wire.readResponse().status()).isEqualTo(101);
      assertThat(wire.read(size)).isEqualTo(pattern(size));
    }
  }

  @Test
  void a_client_that_reads_late_gets_every_byte() throws IOException {
    try (Wire wire = Wire.connect(application.server().port(), NARROW)) {
      wire.send(client.request("/scripted/sends", RAW));
      assertThat(wire.readResponse().status()).isEqualTo(101);
      await("back-pressure")
          .during(Duration.ofMillis(500))
          .atMost(LIMIT)
          .until(() -> management.awaitStream("scripted").bytesFromUpstream() < LARGE);

      assertThat(wire.readToEnd()).isEqualTo(pattern(LARGE));
    }
    management.awaitStreams("scripted", 0);
  }

  @Test
  void an_upstream_that_reads_late_gets_every_byte() throws Exception {
    try (Wire wire = client.open("/scripted/waits", RAW)) {
      Thread sender = sendToLateReader(wire, false);

      assertThat(wire.readText(5)).isEqualTo("heard");
      assertThat(seenByUpstream.poll()).isEqualTo(pattern(LARGE));
      sender.join(LIMIT.toMillis());
    }
    management.awaitStreams("scripted", 0);
  }

  @Test
  void an_upstream_that_reads_late_gets_every_byte_before_the_end_of_input() throws Exception {
    try (Wire wire = client.open("/scripted/waits-for-end", RAW)) {
      Thread sender = sendToLateReader(wire, true);

      assertThat(seenByUpstream.poll(LIMIT.toSeconds(), TimeUnit.SECONDS))
          .isEqualTo(pattern(LARGE));
      sender.join(LIMIT.toMillis());
    }
    management.awaitStreams("scripted", 0);
  }

  /** Begins to send; the upstream reads when it has held the client up for a while. */
  private Thread sendToLateReader(Wire wire, boolean ending) {
    Thread sender = new Thread(() -> sendAll(wire, ending));
    sender.start();
    await("back-pressure")
        .during(Duration.ofMillis(500))
        .atMost(LIMIT)
        .until(() -> management.awaitStream("scripted").bytesToUpstream() < LARGE);
    reading.countDown();
    return sender;
  }

  private static void sendAll(Wire wire, boolean ending) {
    try {
      wire.send(pattern(LARGE));
      if (ending) {
        wire.endOutput();
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void a_client_that_hangs_up_ends_the_stream() throws Exception {
    try (Wire wire = client.open("/scripted/", RAW)) {
      wire.send("last words");
    }

    assertThat(seenByUpstream.poll(LIMIT.toSeconds(), TimeUnit.SECONDS))
        .asString()
        .isEqualTo("last words");
    management.awaitStreams("scripted", 0);
  }

  @Test
  void a_client_that_ends_its_output_still_gets_the_answer_where_the_server_lets_it()
      throws Exception {
    try (Wire wire = client.open("/scripted/", RAW)) {
      wire.send("last words").endOutput();

      assertThat(wire.readToEnd())
          .asString()
          .isEqualTo(GRIZZLY.contains(ServerKind.underTest()) ? "" : "heard");
    }
    assertThat(seenByUpstream.poll(LIMIT.toSeconds(), TimeUnit.SECONDS))
        .asString()
        .isEqualTo("last words");
    management.awaitStreams("scripted", 0);
  }

  @Test
  void a_client_that_resets_ends_the_stream() throws Exception {
    try (Wire wire = client.open("/scripted/", RAW)) {
      management.awaitStreams("scripted", 1);
      wire.reset();
    }

    assertThat(seenByUpstream.poll(LIMIT.toSeconds(), TimeUnit.SECONDS)).isEmpty();
    management.awaitStreams("scripted", 0);
  }

  @Test
  void a_refusal_of_the_upstream_is_passed_on() throws IOException {
    try (Wire wire = client.ask("/scripted/refuses", RAW)) {
      var head = wire.readResponse();
      assertThat(head.status()).isEqualTo(401);
      assertThat(wire.readBody(head)).isEqualTo("no!");
    }
    assertThat(management.list("scripted")).isEmpty();
  }

  @Test
  void a_token_that_the_route_does_not_allow_is_refused() throws IOException {
    try (Wire wire = client.ask("/echo/", "other")) {
      assertThat(wire.readResponse().status()).isEqualTo(426);
    }
  }

  private static byte[] pattern(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  private static byte[] joined(String head, byte[] rest) {
    byte[] headBytes = head.getBytes(StandardCharsets.ISO_8859_1);
    byte[] all = Arrays.copyOf(headBytes, headBytes.length + rest.length);
    System.arraycopy(rest, 0, all, headBytes.length, rest.length);
    return all;
  }
}
