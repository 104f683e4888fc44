package dev.culvert.it;

import static dev.culvert.it.Config.RAW;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.ResponseHead;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.Upgrades;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a client gets for whatever an upstream answers, or does not. */
@ExtendWith(ServerExtension.class)
class UpstreamAnswersIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String WEBSOCKET = "websocket";
  private static final String SWITCH =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n";

  private static final List<ScriptedUpstream> UPSTREAMS = new ArrayList<>();
  private static ScriptedUpstream working;
  private static Socket reserved;
  private static Application application;
  private static Client client;

  @BeforeAll
  static void deploy(Application deployed) throws IOException {
    application = deployed;
    client = new Client(application);
    working =
        keep(
            ScriptedUpstream.onRequest(
                (request, connection) -> {
                  connection.send(Upgrades.switching(request));
                  connection.readToEnd();
                }));
    reserved = refusing();
    String refusing = "http://127.0.0.1:" + reserved.getLocalPort();
    Config config =
        Config.empty()
            .routeTo("ok", answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"))
            .routeTo("chunked", answering(CHUNKED))
            .routeTo("until-close", answering("HTTP/1.1 200 OK\r\n\r\nall of it"))
            .routeTo("empty", answering("HTTP/1.1 204 No Content\r\nX-Kind: empty\r\n\r\n"))
            .routeTo("denied", answering(DENIED))
            .routeTo("other-token", answering(SWITCH + "Upgrade: other\r\n\r\n"))
            .routeTo("wrong-accept", answering(WRONG_ACCEPT))
            .routeTo("no-accept", answering(SWITCH + "Upgrade: websocket\r\n\r\n"))
            .routeTo("half", answering("HTTP/1.1 101 Switching Protocols\r\nConnection: Upg"))
            .routeTo(
                "half-body", answering("HTTP/1.1 403 Forbidden\r\nContent-Length: 9\r\n\r\nno"))
            .routeTo("garbage", answering("SSH-2.0-OpenSSH_9.2\r\n\r\n"))
            .routeTo("binary", answering("\u0000\u0001\u00ff\u0016\u0003\r\n\r\n"))
            .routeTo("long-head", answering("HTTP/1.1 200 OK\r\nX-Long: " + "x".repeat(70_000)))
            .routeTo("closes", keep(ScriptedUpstream.onAccept(connection -> {})).url())
            .routeTo("resets", keep(ScriptedUpstream.onRequest((r, c) -> c.reset())).url())
            .routeTo("silent", keep(ScriptedUpstream.onAccept(Wire::readToEnd)).url())
            .onRoute("silent", "handshake-timeout", "300ms")
            .routeTo("dribbles", keep(ScriptedUpstream.onRequest((r, c) -> dribble(c))).url())
            .onRoute("dribbles", "handshake-timeout", "300ms")
            .routeTo("refuses", refusing)
            .routeTo("next-address", refusing + "," + working.url())
            .upstream("working", working.url())
            .route("next-upstream", "refuses,working")
            .upstream("off", working.url())
            .set("upstreams.off.enabled", "false")
            .route("disabled", "off")
            .route("skips-disabled", "off,working")
            .routeTo("works", working.url());
    application.deploy(config.packed());
  }

  private static final String CHUNKED =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";

  private static final String DENIED =
      "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer realm=\"up\"\r\n"
          + "Content-Type: application/problem+json\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n"
          + "Connection: X-Hop\r\nX-Hop: 1\r\nContent-Length: 13\r\n\r\n{\"why\":\"you\"}";

  private static final String WRONG_ACCEPT =
      SWITCH + "Upgrade: websocket\r\nSec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n";

  private static void dribble(Wire connection) throws IOException {
    connection.send("HTTP/1.1 101 Switching Protocols\r\n");
    connection.readToEnd();
  }

  private static String answering(String response) throws IOException {
    return keep(ScriptedUpstream.answering(response)).url();
  }

  private static ScriptedUpstream keep(ScriptedUpstream upstream) {
    UPSTREAMS.add(upstream);
    return upstream;
  }

  /** Bound and not listening, so that nobody else gets the port and no connection is accepted. */
  private static Socket refusing() throws IOException {
    Socket socket = new Socket();
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    return socket;
  }

  @AfterAll
  static void close() throws IOException {
    for (ScriptedUpstream upstream : UPSTREAMS) {
      upstream.close();
    }
    reserved.close();
  }

  @ParameterizedTest
  @CsvSource({"ok,hi", "chunked,abcde", "until-close,all of it", "empty,''"})
  void relays_an_ordinary_answer_with_its_body(String route, String body) throws IOException {
    try (Wire wire = client.ask("/" + route + "/", WEBSOCKET)) {
      ResponseHead head = wire.readResponse();

      assertThat(head.status()).isIn(200, 204);
      assertThat(new String(wire.readToEnd(), ISO_8859_1)).isEqualTo(body);
    }
  }

  @Test
  void relays_a_401_with_its_challenge_cookies_and_body() throws IOException {
    try (Wire wire = client.ask("/denied/", WEBSOCKET)) {
      ResponseHead head = wire.readResponse();

      assertThat(head.status()).isEqualTo(401);
      assertThat(head.all("WWW-Authenticate")).containsExactly("Bearer realm=\"up\"");
      assertThat(head.all("Content-Type")).containsExactly("application/problem+json");
      assertThat(head.all("Set-Cookie")).containsExactly("a=1", "b=2");
      assertThat(head.all("X-Hop")).isEmpty();
      assertThat(wire.readBody(head)).isEqualTo("{\"why\":\"you\"}");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "other-token,bad-response",
    "wrong-accept,bad-response",
    "no-accept,bad-response",
    "half,bad-response",
    "half-body,bad-response",
    "garbage,bad-response",
    "binary,bad-response",
    "long-head,bad-response",
    "closes,bad-response",
    "resets,bad-response",
    "refuses,connect-failed"
  })
  void answers_502_to_a_broken_upstream(String route, String outcome) throws IOException {
    int mark = application.server().log().mark();

    try (Wire wire = client.ask("/" + route + "/", WEBSOCKET)) {
      ResponseHead head = wire.readResponse();

      assertThat(head.status()).isEqualTo(502);
      assertThat(wire.readBody(head)).isEqualTo("502\n");
    }
    assertOneLine(mark, route, outcome);
  }

  @ParameterizedTest
  @CsvSource({"silent", "dribbles"})
  void answers_504_to_an_upstream_that_takes_too_long(String route) throws IOException {
    int mark = application.server().log().mark();

    try (Wire wire = client.ask("/" + route + "/", WEBSOCKET)) {
      assertThat(wire.readResponse().status()).isEqualTo(504);
    }
    assertOneLine(mark, route, "timeout");
  }

  @Test
  void answers_503_when_every_upstream_is_disabled() throws IOException {
    int mark = application.server().log().mark();

    try (Wire wire = client.ask("/disabled/", WEBSOCKET)) {
      ResponseHead head = wire.readResponse();

      assertThat(head.status()).isEqualTo(503);
      assertThat(head.first("Retry-After")).isPresent();
    }
    assertOneLine(mark, "disabled", "unavailable");
  }

  @ParameterizedTest
  @CsvSource({"next-address", "next-upstream", "skips-disabled", "works"})
  void goes_on_to_the_next_address_that_connects(String route) throws IOException {
    int before = working.accepted();

    try (Wire wire = client.ask("/" + route + "/", RAW)) {
      assertThat(wire.readResponse().status()).isEqualTo(101);
    }
    assertThat(working.accepted()).isEqualTo(before + 1);
  }

  @Test
  void leaves_nothing_behind() throws IOException {
    for (String route : List.of("ok", "wrong-accept", "half", "silent", "refuses")) {
      try (Wire wire = client.ask("/" + route + "/", WEBSOCKET)) {
        wire.readResponse();
      }
    }

    Management management = new Management(application.server());
    management.awaitHandshakes(0);
    assertThat(UPSTREAMS).allSatisfy(upstream -> assertThat(upstream.live()).isZero());
  }

  /** The failure is in the log, once. */
  private static void assertOneLine(int mark, String route, String outcome) {
    String event = "CULVERT-R001 .*route=" + route + " .*outcome=" + outcome + " ";
    application.server().log().await(mark, event, LIMIT);
    assertThat(application.server().log().linesFrom(mark))
        .filteredOn(line -> line.contains("route=" + route + " "))
        .hasSize(1);
  }
}
