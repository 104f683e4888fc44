package dev.culvert.it;

import static dev.culvert.it.Config.RAW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.ResponseHead;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.ServerKind;
import dev.culvert.testkit.ServerLog;
import dev.culvert.testkit.Upgrades;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad requests and peers that leave early: a right status, a line in the log, nothing left. */
@ExtendWith(ServerExtension.class)
class BadInputIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int ROUNDS = 20;

  /** Lets the slow upstream answer. */
  private static final Semaphore PERMITS = new Semaphore(0);

  private static ScriptedUpstream echo;
  private static ScriptedUpstream slow;
  private static ScriptedUpstream leaving;
  private static ScriptedUpstream resetting;
  private static Application application;
  private static Management management;
  private static Client client;
  private long filesBefore;

  @BeforeAll
  static void deploy(Application deployed) throws IOException {
    application = deployed;
    client = new Client(application);
    echo =
        ScriptedUpstream.onRequest(
            (request, connection) -> {
              connection.send(Upgrades.switching(request));
              connection.send(connection.readToEnd());
            });
    slow =
        ScriptedUpstream.onRequest(
            (request, connection) -> {
              await("leave to answer").atMost(LIMIT).until(PERMITS::tryAcquire);
              connection.send(Upgrades.switching(request));
              connection.send(connection.readToEnd());
            });
    leaving =
        ScriptedUpstream.onRequest(
            (request, connection) -> connection.send(Upgrades.switching(request)));
    resetting =
        ScriptedUpstream.onRequest(
            (request, connection) -> connection.send(Upgrades.switching(request)).reset());
    application.deploy(
        Config.empty()
            .routeTo("echo", echo.url())
            .routeTo("slow", slow.url())
            .routeTo("leaving", leaving.url())
            .routeTo("resetting", resetting.url())
            .packed());
    management = new Management(application.server());
  }

  @AfterAll
  static void close() throws IOException {
    echo.close();
    slow.close();
    leaving.close();
    resetting.close();
  }

  @BeforeEach
  void countFiles() {
    filesBefore = application.server().jvm().openFiles();
  }

  @AfterEach
  void nothing_is_left() {
    await("streams, handshakes and files to be gone")
        .atMost(LIMIT)
        .untilAsserted(
            () -> {
              assertThat(management.host().getHandshakes()).isZero();
              assertThat(management.streams().getActive()).isZero();
              // The server itself may open a few more, such as jars or its log.
              assertThat(application.server().jvm().openFiles()).isLessThan(filesBefore + 5);
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "Connection: Upgrade\\r\\n        | -                          | 426 | Connection",
        "Connection: Upgrade              | Connection: close          | 426 | Connection",
        "Upgrade: websocket\\r\\n         | -                          | 426 | Upgrade",
        "Upgrade: websocket               | Upgrade: @@@               | 426 | Upgrade",
        "Upgrade: websocket               | Upgrade:                   | 426 | Upgrade",
        "Sec-WebSocket-Version: 13\\r\\n  | -                          | 426 | Sec-WebSocket-Version",
        "Sec-WebSocket-Version: 13        | Sec-WebSocket-Version: 8   | 426 | Sec-WebSocket-Version",
        "Sec-WebSocket-Key: .*\\r\\n      | -                          | 400 | Sec-WebSocket-Key",
        "Sec-WebSocket-Key: .*            | Sec-WebSocket-Key: AAAA    | 400 | Sec-WebSocket-Key",
        "GET                              | POST                       | 405 | method",
        "HTTP/1.1                         | HTTP/1.0                   | 426 | protocol"
      })
  void a_bad_request_is_told_what_is_wrong(
      String part, String replacement, int status, String named) throws IOException {
    ServerLog log = application.server().log();
    int mark = log.mark();
    String request =
        client
            .request("/echo/", "websocket")
            .replaceFirst(part, replacement == null ? "" : replacement);

    try (Wire wire = client.connect().send(request)) {
      ResponseHead head = wire.readResponse();

      assertThat(head.status()).isEqualTo(status);
      assertThat(wire.readBody(head)).contains(named + ":", "(expected: ");
    }
    assertThat(log.await(mark, "CULVERT-R001 ", LIMIT))
        .contains("outcome=refused", "status=" + status, "detail=" + named + ":");
    assertThat(log.linesFrom(mark)).filteredOn(line -> line.contains("CULVERT-")).hasSize(1);
  }

  /** Some servers refuse it before the application sees it. */
  @Test
  void a_bad_host_is_refused() throws IOException {
    String request = client.request("/echo/", "websocket").replaceFirst("Host: .*", "Host: a b");

    try (Wire wire = client.connect().send(request)) {
      assertThat(wire.readResponse().status()).isEqualTo(400);
    }
  }

  /** Above 8 KiB on Payara, above 1 MiB on WildFly, as shipped. */
  static IntStream oversized() {
    return ServerKind.underTest() == ServerKind.WILDFLY
        ? IntStream.of(1_050_000, 1_100_000)
        : IntStream.of(9_000, 100_000);
  }

  @ParameterizedTest
  @MethodSource("oversized")
  void an_oversized_head_is_refused(int size) throws IOException {
    int before = echo.accepted();

    try (Wire wire = client.ask("/echo/", RAW, "X-Long: " + "x".repeat(size))) {
      assertThat(wire.readResponse().status()).isBetween(400, 431);
    }
    assertThat(echo.accepted()).isEqualTo(before);
  }

  @Test
  void a_client_that_leaves_within_its_request_leaves_nothing() throws IOException {
    String request = client.request("/echo/", RAW);
    int before = echo.accepted();
    for (int i = 0; i < ROUNDS; i++) {
      client.connect().send(request.substring(0, i * request.length() / ROUNDS)).reset();
    }
    assertThat(echo.accepted()).isEqualTo(before);
  }

  @Test
  void a_client_that_resets_during_the_handshake_is_logged_as_499() throws Exception {
    ServerLog log = application.server().log();
    int mark = log.mark();
    Wire wire = client.ask("/slow/", RAW);
    slow.nextRequest();

    wire.reset();
    PERMITS.release();

    assertThat(log.await(mark, "CULVERT-R001 .*route=slow ", LIMIT))
        .contains("outcome=client-gone", "status=499");
  }

  @Test
  void a_client_that_ends_its_output_during_the_handshake_still_gets_the_answer() throws Exception {
    try (Wire wire = client.ask("/slow/", RAW)) {
      slow.nextRequest();
      wire.send("all").endOutput();
      PERMITS.release();

      assertThat(wire.readResponse().status()).isEqualTo(101);
      assertThat(wire.readToEnd()).asString().isEqualTo("all");
    }
  }

  @Test
  void a_client_that_resets_right_after_the_101_leaves_nothing() throws IOException {
    for (int i = 0; i < ROUNDS; i++) {
      client.open("/echo/", RAW).reset();
    }
    assertThat(echo.accepted()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"leaving", "resetting"})
  void an_upstream_that_leaves_right_after_its_101_leaves_nothing(String route) throws IOException {
    for (int i = 0; i < ROUNDS; i++) {
      try (Wire wire = client.ask("/" + route + "/", RAW)) {
        assertThat(wire.readResponse().status()).isIn(101, 502);
        assertThat(wire.readToEnd()).isEmpty();
      }
    }
  }
}
