package dev.culvert.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.RequestHead;
import dev.culvert.testkit.ResponseHead;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.ServerKind;
import dev.culvert.testkit.Upgrades;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A request to upgrade that is not granted leaves no way to the upstream: what follows it on the
 * connection is never passed on, neither as bytes of a stream nor as a request that went around the
 * checks.
 */
@ExtendWith(ServerExtension.class)
class SmugglingIT {

  private static final String WEBSOCKET = "websocket";
  private static final long LIMIT_SECONDS = 30;

  /** The end of a path that no other test asks for. */
  private static final String WATCHED = "/watched";

  private static final String H2C_SETTINGS = "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA";

  private static ScriptedUpstream upstream;
  private static ScriptedUpstream refusing;
  private static ScriptedUpstream closing;
  private static Client client;

  /** What {@link #refusing} got after an answer whose request had {@link #WATCHED}. */
  private static final BlockingQueue<byte[]> AFTER_REFUSAL = new LinkedBlockingQueue<>();

  @BeforeAll
  static void deploy(Application application) throws IOException {
    client = new Client(application);
    upstream =
        ScriptedUpstream.onRequest(
            (request, connection) -> {
              connection.send(Upgrades.switching(request));
              connection.send(connection.readToEnd());
            });
    refusing = ScriptedUpstream.onRequest(SmugglingIT::refuse);
    closing = ScriptedUpstream.onRequest((request, connection) -> {});
    application.deploy(
        Config.empty()
            .routeTo("chat", upstream.url())
            .upstream("refusing", refusing.url())
            .route("answers-400", "refusing")
            .route("answers-401", "refusing")
            .route("answers-426", "refusing")
            .routeTo("broken", closing.url())
            .upstream("off", upstream.url())
            .set("upstreams.off.enabled", "false")
            .route("disabled", "off")
            .packed());
  }

  /** With the status that the route names, and after it what looks as if it had agreed. */
  private static void refuse(RequestHead request, Wire connection) throws IOException {
    String status = request.target().substring("/answers-".length(), "/answers-400".length());
    connection.send(
        ("HTTP/1.1 " + status + " No\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n")
            + ("Content-Length: 2\r\n\r\nno" + Upgrades.switching(request) + "tunnelled"));
    byte[] after = connection.readToEnd();
    if (request.target().endsWith(WATCHED)) {
      AFTER_REFUSAL.add(after);
    }
  }

  @AfterAll
  static void close() throws IOException {
    upstream.close();
    refusing.close();
    closing.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "chat        | websocket | Sec-WebSocket-Key: short         | 400",
        "chat        | websocket | Content-Length: 5                | 400",
        "chat        | websocket | Transfer-Encoding: chunked       | 400",
        "chat        | websocket | Origin: http://elsewhere.example | 403",
        "chat        | other     | X-Any: 1                         | 426",
        "disabled    | websocket | X-Any: 1                         | 503",
        "broken      | websocket | X-Any: 1                         | 502",
        "answers-400 | websocket | X-Any: 1                         | 400",
        "answers-401 | websocket | X-Any: 1                         | 401",
        "answers-426 | websocket | X-Any: 1                         | 426"
      })
  void drops_what_follows_a_request_that_is_not_upgraded(
      String route, String token, String field, int status) throws IOException {
    int before = upstream.accepted();
    String first = client.request("/" + route + "/", token, field);
    String second = client.request("/chat/smuggled", WEBSOCKET);

    try (Wire wire = client.connect().send(first + second)) {
      ResponseHead answer = wire.readResponse();

      assertThat(answer.status()).isEqualTo(status);
      assertThat(answer.first("Connection").orElse("")).endsWith("close");
      wire.readBody(answer);
      assertThat(wire.readToEnd()).isEmpty();
    }
    assertThat(upstream.accepted()).isEqualTo(before);
  }

  /** Neither what the client sends nor what the upstream sends after the refusal passes. */
  @ParameterizedTest
  @ValueSource(ints = {400, 401, 426})
  void an_upstream_that_refuses_leaves_no_open_tunnel(int status) throws Exception {
    String head = client.request("/answers-" + status + WATCHED, WEBSOCKET);

    try (Wire wire = client.connect().send(head + "to the upstream")) {
      ResponseHead answer = wire.readResponse();

      assertThat(answer.status()).isEqualTo(status);
      assertThat(wire.readBody(answer)).isEqualTo("no");
      assertThat(wire.readToEnd()).isEmpty();
    }
    assertThat(AFTER_REFUSAL.poll(LIMIT_SECONDS, TimeUnit.SECONDS)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"answers-400", "answers-401", "answers-426", "broken", "disabled"})
  void closes_the_connection_after_the_refusal(String route) throws IOException {
    try (Wire wire = client.ask("/" + route + "/", WEBSOCKET)) {
      wire.readBody(wire.readResponse());

      assertThat(wire.readToEnd()).isEmpty();
    }
  }

  @Test
  void names_the_protocols_it_can_switch_to() throws IOException {
    try (Wire wire = client.ask("/chat/", "other")) {
      ResponseHead answer = wire.readResponse();

      assertThat(answer.status()).isEqualTo(426);
      assertThat(answer.all("Upgrade")).containsExactly("raw, websocket");
      assertThat(answer.all("Connection")).containsExactly("Upgrade, close");
      assertThat(answer.first("Content-Type").orElse("")).startsWith("text/plain");
    }
  }

  @Test
  void reads_on_after_a_request_that_asks_for_no_upgrade() throws Exception {
    String plain = client.request("/chat/plain", WEBSOCKET).replace("Upgrade: websocket\r\n", "");

    try (Wire wire =
        client.connect().send(plain + client.request("/chat/second", WEBSOCKET) + "hi")) {
      ResponseHead refusal = wire.readResponse();
      wire.readBody(refusal);

      assertThat(refusal.status()).isEqualTo(426);
      assertThat(wire.readResponse().status()).isEqualTo(101);
      assertThat(upstream.nextRequest().target()).isEqualTo("/chat/second");
    }
  }

  @Test
  void does_not_upgrade_a_request_with_a_body() throws IOException {
    int before = upstream.accepted();
    String head = client.request("/chat/", WEBSOCKET, "Content-Length: 3");

    try (Wire wire = client.connect().send(head + "abc")) {
      assertThat(wire.readResponse().status()).isEqualTo(400);
    }
    assertThat(upstream.accepted()).isEqualTo(before);
  }

  /** WildFly's listener takes it for itself. */
  @Test
  void opens_no_stream_for_h2c() throws IOException {
    int before = upstream.accepted();
    String first = client.request("/chat/", "h2c", H2C_SETTINGS);
    String second = client.request("/chat/smuggled", WEBSOCKET);

    try (Wire wire = client.connect().send(first + second)) {
      int own = ServerKind.underTest() == ServerKind.WILDFLY ? 101 : 426;
      assertThat(wire.readResponse().status()).isEqualTo(own);
      assertThat(new String(wire.readToEnd(), ISO_8859_1)).doesNotContain("HTTP/1.1 ");
    }
    assertThat(upstream.accepted()).isEqualTo(before);
  }

  @Test
  void never_offers_h2c_to_an_upstream() throws Exception {
    String both = client.request("/chat/", "h2c, websocket", H2C_SETTINGS);
    String keyed =
        both.replace(
            "\r\n\r\n",
            "\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");

    try (Wire wire = client.connect().send(keyed)) {
      assertThat(wire.readResponse().status()).isEqualTo(101);
    }
    RequestHead forwarded = upstream.nextRequest();
    assertThat(forwarded.all("Upgrade")).containsExactly("websocket");
    assertThat(forwarded.all("HTTP2-Settings")).isEmpty();
  }

  @Test
  void takes_nothing_of_a_cleartext_http_2_preface() throws IOException {
    int before = upstream.accepted();

    try (Wire wire = client.connect().send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")) {
      wire.send(client.request("/chat/", WEBSOCKET));
      wire.endOutput();

      assertThat(new String(wire.readToEnd(), ISO_8859_1)).doesNotContain(" 101 ");
    }
    assertThat(upstream.accepted()).isEqualTo(before);
  }
}
