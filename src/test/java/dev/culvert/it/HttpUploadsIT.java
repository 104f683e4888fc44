package dev.culvert.it;

import static dev.culvert.testkit.ScriptedUpstream.ok;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.RequestHead;
import dev.culvert.testkit.ResponseHead;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.SecureServer;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.ServerKind;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Long bodies of requests, and broken ones, on a route in mode {@code http}. */
@ExtendWith(ServerExtension.class)
class HttpUploadsIT {

  private static final Duration LIMIT = Duration.ofSeconds(10);

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
      case "upload" -> {
        TAKES.acquireUninterruptibly();
        for (long left = UPLOAD; left > 0; left -= Upload.PIECE) {
          connection.read(Upload.PIECE);
        }
        connection.send(ok("taken"));
      }
      default -> connection.readToEnd();
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

  @Test
  void a_body_that_is_broken_is_no_success() throws Exception {
    try (Wire wire = client.send("POST", "/web/swallow", "Transfer-Encoding: chunked\r\n")) {
      wire.send("3\r\nabc\r\nno length\r\n");

      assertThat(wire.readResponse().status()).isEqualTo(400);
    }
  }

  /** The https listener is as shipped. */
  @Test
  @Tag(ServerKind.ONLY_WILDFLY)
  void a_body_that_is_longer_than_the_listener_takes_is_413() throws Exception {
    Client tls = Client.secure(application, secure, "TLSv1.3");
    try (Wire wire = tls.send("POST", "/web/swallow", "Transfer-Encoding: chunked\r\n")) {
      wire.send(Integer.toHexString(SHIPPED + 1) + "\r\n" + "x".repeat(SHIPPED + 1) + "\r\n");

      assertThat(wire.readResponse().status()).isEqualTo(413);
    }
  }
}
