package dev.culvert.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.RequestHead;
import dev.culvert.testkit.ResponseHead;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.ServerKind;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages of HTTP/1.1 through a route in mode {@code http}, byte by byte at both ends. */
@ExtendWith(ServerExtension.class)
class HttpMessagesIT {

  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final String TRAILER = "0\r\nX-Sum: 7\r\n\r\n";
  private static final String ACCOUNT_SECRET = "acc0unt-s3cret";
  private static final String QUERY_SECRET = "qu3ry-s3cret";
  private static final int PIECE = 64 * 1024;
  private static final long UPLOAD = 256L * 1024 * 1024;

  private static Application application;
  private static Client client;
  private static ScriptedUpstream upstream;

  /** Opened when the upstream may go on. */
  private static final CountDownLatch REJECTS = new CountDownLatch(1);

  private static final CountDownLatch TAKES = new CountDownLatch(1);

  @BeforeAll
  static void deploy(Application ours) throws IOException {
    application = ours;
    client = new Client(application);
    upstream = ScriptedUpstream.onRequest(HttpMessagesIT::answer);
    application.deploy(
        Config.empty()
            .routeTo("web", upstream.url())
            .onRoute("web", "mode", "http")
            .routeTo("small", upstream.url())
            .onRoute("small", "mode", "http")
            .onRoute("small", "http.max-request", "1KiB")
            .onRoute("small", "http.max-response", "1KiB")
            .routeTo("quick", upstream.url())
            .onRoute("quick", "mode", "http")
            .onRoute("quick", "retry.count", "0")
            .onRoute("quick", "http.response-timeout", "300ms")
            .onRoute("quick", "stream.idle-timeout", "500ms")
            .set("upstreams.quick.accounts", "acme")
            .set("accounts.acme.header.Authorization", "Bearer " + ACCOUNT_SECRET)
            .packed());
  }

  @AfterAll
  static void stop() throws IOException {
    REJECTS.countDown();
    TAKES.countDown();
    upstream.close();
  }

  /** What the upstream does hangs on the last segment of the path. */
  private static void answer(RequestHead request, Wire connection) throws IOException {
    String path = request.target().replaceFirst("\\?.*", "");
    switch (path.substring(path.lastIndexOf('/') + 1)) {
      case "continue" -> {
        connection.send("HTTP/1.1 100 Continue\r\n\r\n");
        connection.send(ok(connection.readText(4)));
      }
      case "refuse" -> {
        connection.send(
            "HTTP/1.1 401 Who\r\nWWW-Authenticate: Bearer\r\nContent-Length: 0\r\n\r\n");
        connection.readToEnd();
      }
      case "mute" -> connection.send(ok(connection.readText(4)));
      case "trailers" ->
          connection.send(
              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
                  + "3\r\nabc\r\n"
                  + "0\r\nX-Sum: 7\r\nSet-Cookie: smuggled=1\r\n\r\n");
      case "chunks" -> connection.send(ok(readChunks(connection)));
      case "hello" -> connection.send(ok("hello"));
      case "long" -> connection.send(ok("x".repeat(2048)));
      case "longer" -> {
        connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        connection.send("200\r\n" + "x".repeat(512) + "\r\n");
        connection.send("400\r\n" + "x".repeat(1024) + "\r\n0\r\n\r\n");
      }
      case "silent" -> connection.readToEnd();
      case "half" -> {
        connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
        connection.readToEnd();
      }
      case "reject" -> {
        connection.read(PIECE);
        await(REJECTS);
        connection.send("HTTP/1.1 400 Bad\r\nContent-Length: 3\r\n\r\nbad");
        connection.readToEnd();
      }
      case "upload" -> {
        await(TAKES);
        for (long left = UPLOAD; left > 0; left -= PIECE) {
          connection.read(PIECE);
        }
        connection.send(ok("taken"));
      }
      case "range" ->
          connection.send(
              "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 1-2/5\r\n"
                  + "Content-Length: 2\r\n\r\nel");
      case "bodiless" -> connection.send("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n");
      case "empty" -> connection.send("HTTP/1.1 204 No Content\r\n\r\n");
      case "lengths" ->
          connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 3\r\n\r\nhello");
      default -> connection.send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    }
  }

  private static String ok(String body) {
    return "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  private static String readChunks(Wire connection) throws IOException {
    StringBuilder text = new StringBuilder();
    while (text.length() < 4
        || text.indexOf("0\r\n") < 0
        || !text.toString().endsWith("\r\n\r\n")) {
      text.append(connection.readText(1));
    }
    return text.toString();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Wire send(String method, String path, String fields) throws IOException {
    return client
        .connect()
        .send(
            method
                + " "
                + application.contextPath()
                + path
                + " HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                + fields
                + "\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"continue", "mute"})
  void a_client_that_waits_is_told_to_go_on(String upstreamDoes) throws Exception {
    try (Wire wire =
        send("PUT", "/web/" + upstreamDoes, "Content-Length: 4\r\nExpect: 100-continue\r\n")) {
      assertThat(wire.readResponse().status()).isEqualTo(100);
      wire.send("body");

      ResponseHead head = wire.readResponse();
      assertThat(head.status()).isEqualTo(200);
      assertThat(wire.readBody(head)).isEqualTo("body");
    }
  }

  /** Payara itself tells it to go on before the gateway sees the request. */
  @RepeatedTest(10)
  @Tag(ServerKind.ONLY_WILDFLY)
  void a_client_that_waits_is_told_that_its_body_is_not_wanted() throws Exception {
    try (Wire wire = send("PUT", "/web/refuse", "Content-Length: 4\r\nExpect: 100-continue\r\n")) {
      ResponseHead head = wire.readResponse();

      assertThat(head.status()).isEqualTo(401);
      assertThat(head.all("WWW-Authenticate")).containsExactly("Bearer");
    }
  }

  @Test
  void trailers_of_an_answer_reach_the_client_and_none_that_belong_to_the_head() throws Exception {
    try (Wire wire = send("GET", "/web/trailers", "TE: trailers\r\n")) {
      assertThat(wire.readResponse().status()).isEqualTo(200);

      assertThat(readChunks(wire).toLowerCase(Locale.ROOT))
          .contains("abc\r\n0\r\n")
          .containsPattern("x-sum: ?7\r\n")
          .doesNotContain("smuggled");
    }
  }

  @Test
  void trailers_of_a_request_reach_the_upstream_and_none_that_belong_to_the_head()
      throws Exception {
    try (Wire wire = send("POST", "/web/chunks", "Transfer-Encoding: chunked\r\n")) {
      wire.send("3\r\nabc\r\n0\r\nX-Sum: 7\r\nX-Forwarded-For: 9.9.9.9\r\n\r\n");

      ResponseHead head = wire.readResponse();
      assertThat(head.status()).isEqualTo(200);
      assertThat(wire.readBody(head).toLowerCase(Locale.ROOT))
          .isEqualTo(("3\r\nabc\r\n" + TRAILER).toLowerCase(Locale.ROOT));
    }
  }

  @Test
  void a_request_that_says_it_is_too_long_never_reaches_the_upstream() throws Exception {
    int before = upstream.accepted();
    try (Wire wire = send("POST", "/small/hello", "Content-Length: 1025\r\n")) {
      assertThat(wire.readResponse().status()).isEqualTo(413);
    }
    assertThat(upstream.accepted()).isEqualTo(before);
  }

  @Test
  void a_request_that_turns_out_to_be_too_long_is_413() throws Exception {
    try (Wire wire = send("POST", "/small/silent", "Transfer-Encoding: chunked\r\n")) {
      wire.send("200\r\n" + "x".repeat(512) + "\r\n").send("201\r\n" + "x".repeat(513) + "\r\n");

      assertThat(wire.readResponse().status()).isEqualTo(413);
    }
  }

  @Test
  void one_that_is_just_short_enough_goes_through() throws Exception {
    try (Wire wire = send("POST", "/small/hello", "Content-Length: 1024\r\n")) {
      wire.send("x".repeat(1024));
      assertThat(wire.readResponse().status()).isEqualTo(200);
    }
  }

  @Test
  void an_answer_that_says_it_is_too_long_is_502() throws Exception {
    try (Wire wire = send("GET", "/small/long", "")) {
      assertThat(wire.readResponse().status()).isEqualTo(502);
    }
  }

  @Test
  void a_head_may_tell_of_a_longer_one() throws Exception {
    try (Wire wire = send("HEAD", "/small/long", "")) {
      ResponseHead head = wire.readResponse();

      assertThat(head.status()).isEqualTo(200);
      assertThat(head.all("Content-Length")).containsExactly("2048");
    }
  }

  @Test
  void an_answer_that_turns_out_to_be_too_long_has_no_end() throws Exception {
    try (Wire wire = send("GET", "/small/longer", "")) {
      assertThat(wire.readResponse().status()).isEqualTo(200);
      assertThat(new String(wire.readToEnd(), ISO_8859_1)).doesNotContain("0\r\n\r\n");
    }
  }

  @Test
  void an_upstream_that_does_not_answer_is_504_and_no_secret_is_logged() throws Exception {
    int mark = application.server().log().mark();
    try (Wire wire = send("GET", "/quick/silent?key=" + QUERY_SECRET, "")) {
      ResponseHead head = wire.readResponse();

      assertThat(head.status()).isEqualTo(504);
      assertThat(wire.readBody(head)).isEqualTo("504\n");
    }
    application.server().log().await(mark, "CULVERT-W001 .*route=quick .*status=504", LIMIT);
    assertThat(application.server().log().linesFrom(mark))
        .noneMatch(line -> line.contains(ACCOUNT_SECRET) || line.contains(QUERY_SECRET));
  }

  @Test
  void an_answer_that_falls_silent_is_broken_off() throws Exception {
    try (Wire wire = send("GET", "/quick/half", "")) {
      assertThat(wire.readResponse().status()).isEqualTo(200);
      assertThat(new String(wire.readToEnd(), ISO_8859_1)).contains("half").doesNotContain("0\r\n");
    }
  }

  @Test
  void a_client_that_falls_silent_within_its_body_is_given_up() throws Exception {
    try (Wire wire = send("POST", "/quick/silent", "Content-Length: 40000\r\n")) {
      wire.send("half");
      assertThat(wire.readResponse().status()).isEqualTo(408);
    }
  }

  @Test
  void a_part_is_the_answer_to_a_range() throws Exception {
    try (Wire wire = send("GET", "/web/range", "Range: bytes=1-2\r\n")) {
      ResponseHead head = wire.readResponse();

      assertThat(head.status()).isEqualTo(206);
      assertThat(head.all("Content-Range")).containsExactly("bytes 1-2/5");
      assertThat(wire.readBody(head)).isEqualTo("el");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bodiless", "empty"})
  void behind_an_answer_without_body_comes_the_next(String upstreamDoes) throws Exception {
    try (Wire wire = send("GET", "/web/" + upstreamDoes, "")) {
      assertThat(wire.readResponse().status()).isIn(204, 304);
      wire.send(
          "GET " + application.contextPath() + "/web/hello HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
      ResponseHead next = wire.readResponse();
      assertThat(next.status()).isEqualTo(200);
      assertThat(wire.readBody(next)).isEqualTo("hello");
    }
  }

  @Test
  void an_answer_with_two_lengths_is_502() throws Exception {
    try (Wire wire = send("GET", "/web/lengths", "")) {
      assertThat(wire.readResponse().status()).isEqualTo(502);
    }
  }

  /** WildFly has a limit of its own, 10 MiB; the sockets alone may hold as much. */
  @Test
  @Tag(ServerKind.ONLY_PAYARA)
  void an_upstream_that_takes_nothing_stops_the_client() throws Exception {
    try (Wire wire = send("POST", "/web/upload", "Content-Length: " + UPLOAD + "\r\n")) {
      Upload upload = Upload.begin(wire, UPLOAD);
      upload.awaitStandstill();
      assertThat(upload.sent()).isLessThan(UPLOAD / 4);

      TAKES.countDown();

      ResponseHead head = wire.readResponse();
      assertThat(head.status()).isEqualTo(200);
      assertThat(wire.readBody(head)).isEqualTo("taken");
      Awaitility.await().atMost(LIMIT).until(() -> upload.sent() == UPLOAD);
    }
  }

  /** WildFly has a limit of its own, 10 MiB; the sockets alone may hold as much. */
  @Test
  @Tag(ServerKind.ONLY_PAYARA)
  void an_answer_in_the_middle_of_the_body_reaches_the_client() throws Exception {
    try (Wire wire = send("POST", "/web/reject", "Content-Length: " + UPLOAD + "\r\n")) {
      Upload upload = Upload.begin(wire, UPLOAD);
      upload.awaitStandstill();

      REJECTS.countDown();

      ResponseHead head = wire.readResponse();
      assertThat(head.status()).isEqualTo(400);
      assertThat(wire.readBody(head)).isEqualTo("bad");
    }
  }

  /** Writes a body on a thread of its own, as fast as it is taken. */
  private record Upload(AtomicLong written) {

    static Upload begin(Wire wire, long length) {
      Upload upload = new Upload(new AtomicLong());
      Thread thread = new Thread(() -> upload.write(wire, length), "upload");
      thread.setDaemon(true);
      thread.start();
      return upload;
    }

    private void write(Wire wire, long length) {
      byte[] piece = new byte[PIECE];
      try {
        while (written.get() < length) {
          wire.send(piece);
          written.addAndGet(piece.length);
        }
      } catch (IOException e) {
        System.getLogger(HttpMessagesIT.class.getName())
            .log(System.Logger.Level.DEBUG, "nobody takes it any more", e);
      }
    }

    long sent() {
      return written.get();
    }

    void awaitStandstill() {
      AtomicLong last = new AtomicLong(-1);
      Awaitility.await("the client to be held up")
          .atMost(Duration.ofSeconds(20))
          .pollInterval(Duration.ofMillis(300))
          .until(() -> sent() > 0 && last.getAndSet(sent()) == sent());
    }
  }
}
