package dev.culvert.it;

import static dev.culvert.testkit.ScriptedUpstream.ok;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.ReceivedEntity;
import dev.culvert.testkit.RequestHead;
import dev.culvert.testkit.ResponseHead;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.SecureServer;
import dev.culvert.testkit.SentEntity;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.ServerKind;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.core5.http.nio.support.AsyncRequestBuilder;
import org.apache.hc.core5.http.nio.support.BasicResponseConsumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Long bodies of requests on a route in mode {@code http}. */
@ExtendWith(ServerExtension.class)
class HttpUploadsIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** The sockets alone may hold 10 MiB. */
  private static final long UPLOAD = 256L * 1024 * 1024;

  /** The longest body that a listener of WildFly takes as it is shipped. */
  private static final int SHIPPED = 10 * 1024 * 1024;

  private static SecureServer secure;
  private static Application application;
  private static Client client;
  private static ScriptedUpstream upstream;

  /** A permit for each answer in the middle of a body, and for each body that may be taken. */
  private static final Semaphore REJECTS = new Semaphore(0);

  private static final Semaphore TAKES = new Semaphore(0);

  /** A permit for each body that the gateway has left in the middle. */
  private static final Semaphore LEFT = new Semaphore(0);

  @BeforeAll
  static void deploy(SecureServer shared) throws IOException {
    secure = shared;
    upstream = ScriptedUpstream.onRequest(HttpUploadsIT::answer);
    application = secure.server().application("httpuploads");
    client = new Client(application);
    application.deploy(
        Config.empty().routeTo("web", upstream.url()).onRoute("web", "mode", "http").packed());
  }

  @AfterAll
  static void stop() throws IOException {
    REJECTS.release();
    TAKES.release();
    application.close();
    upstream.close();
  }

  private static void answer(RequestHead request, Wire connection) throws IOException {
    String path = request.target();
    switch (path.substring(path.lastIndexOf('/') + 1)) {
      case "reject" -> {
        connection.read(Upload.PIECE);
        REJECTS.acquireUninterruptibly();
        connection.send("HTTP/1.1 400 Bad\r\nContent-Length: 3\r\n\r\nbad");
        connection.readToEnd();
      }
      case "early" -> {
        connection.send("HTTP/1.1 401 Who\r\nContent-Length: 3\r\n\r\nwho");
        connection.readToEnd();
      }
      case "hello" -> connection.send(ok("hello"));
      case "upload" -> {
        TAKES.acquireUninterruptibly();
        for (long left = UPLOAD; left > 0; left -= Upload.PIECE) {
          connection.read(Upload.PIECE);
        }
        connection.send(ok("taken"));
      }
      default -> {
        connection.readToEnd();
        LEFT.release();
      }
    }
  }

  @Test
  void an_upstream_that_takes_nothing_stops_the_client() throws Exception {
    try (Wire wire = client.send("POST", "/web/upload", "Content-Length: " + UPLOAD + "\r\n")) {
      Upload upload = Upload.begin(wire, UPLOAD);
      upload.awaitStandstill();
      assertThat(upload.sent()).isLessThan(UPLOAD / 4);

      TAKES.release();

      ResponseHead head = wire.readResponse();
      assertThat(head.status()).isEqualTo(200);
      assertThat(wire.readBody(head)).isEqualTo("taken");
      Awaitility.await().atMost(LIMIT).until(() -> upload.sent() == UPLOAD);
    }
  }

  @Test
  void an_answer_in_the_middle_of_the_body_reaches_the_client() throws Exception {
    try (Wire wire = client.send("POST", "/web/reject", "Content-Length: " + UPLOAD + "\r\n")) {
      Upload upload = Upload.begin(wire, UPLOAD);
      upload.awaitStandstill();

      REJECTS.release();

      ResponseHead head = wire.readResponse();
      assertThat(head.status()).isEqualTo(400);
      assertThat(wire.readBody(head)).isEqualTo("bad");
    }
  }

  /** Payara may close it: that depends on when the rest comes. */
  @ParameterizedTest
  @Tag(ServerKind.ONLY_WILDFLY)
  @CsvSource({"Transfer-Encoding: chunked, 1|x|, 0||", "Content-Length: 2, x, y"})
  void a_client_that_sends_the_rest_after_the_answer_keeps_its_connection(
      String field, String beginning, String rest) throws Exception {
    try (Wire wire = client.send("POST", "/web/early", field + "\r\n")) {
      wire.send(beginning.replace("|", "\r\n"));
      ResponseHead head = wire.readResponse();
      assertThat(head.status()).isEqualTo(401);
      assertThat(wire.readBody(head)).isEqualTo("who");

      wire.send(rest.replace("|", "\r\n") + client.head("GET", "/web/hello", ""));

      ResponseHead next = wire.readResponse();
      assertThat(wire.readBody(next)).isEqualTo("hello");
    }
  }

  /** The https listener is as shipped: the server answers by itself. */
  @Test
  @Tag(ServerKind.ONLY_WILDFLY)
  void a_body_that_says_it_is_longer_than_the_listener_takes_is_400() throws Exception {
    int before = upstream.accepted();
    try (Wire wire = shipped("Content-Length: " + (SHIPPED + 1) + "\r\n")) {
      assertThat(wire.readResponse().status()).isEqualTo(400);
    }
    assertThat(upstream.accepted()).isEqualTo(before);
  }

  @Test
  @Tag(ServerKind.ONLY_WILDFLY)
  void one_that_turns_out_to_be_is_413() throws Exception {
    try (Wire wire = shipped("Transfer-Encoding: chunked\r\n")) {
      wire.send(Integer.toHexString(SHIPPED + 1) + "\r\n" + "x".repeat(SHIPPED + 1) + "\r\n");

      assertThat(wire.readResponse().status()).isEqualTo(413);
    }
    assertThat(LEFT.tryAcquire(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  @Test
  @Tag(ServerKind.ONLY_WILDFLY)
  void nobody_listens_for_ever_to_one_that_goes_on() throws Exception {
    long endless = 1L << 40;
    try (Wire wire = shipped("Transfer-Encoding: chunked\r\n")) {
      wire.send(Long.toHexString(endless) + "\r\n");
      Upload upload = Upload.begin(wire, endless);

      assertThat(LEFT.tryAcquire(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
      upload.awaitStandstill();

      assertThat(upload.sent()).isLessThan(4L * SHIPPED);
    }
  }

  private static Wire shipped(String field) throws IOException {
    return Client.secure(application, secure, "TLSv1.3").send("POST", "/web/swallow", field);
  }

  @ParameterizedTest
  @ValueSource(ints = {SHIPPED + 1, SHIPPED + 3 * 1024 * 1024})
  @Tag(ServerKind.ONLY_WILDFLY)
  void over_http2_too(int length) throws Exception {
    URI uri =
        URI.create(
            "https://127.0.0.1:" + secure.tlsPort() + application.contextPath() + "/web/swallow");
    SentEntity body = new SentEntity(new byte[length], List.of());
    try (CloseableHttpAsyncClient http2 = Http2Clients.start(secure)) {
      var answer =
          http2.execute(
              AsyncRequestBuilder.post(uri).setEntity(body).build(),
              new BasicResponseConsumer<>(new ReceivedEntity()),
              null);

      assertThat(answer.get(LIMIT.toSeconds(), TimeUnit.SECONDS).getHead().getCode())
          .isEqualTo(413);
    }
    assertThat(LEFT.tryAcquire(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }
}
