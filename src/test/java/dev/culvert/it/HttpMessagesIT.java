package dev.culvert.it;

import static dev.culvert.testkit.ScriptedUpstream.ok;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.RequestHead;
import dev.culvert.testkit.ResponseHead;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.ServerKind;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.util.Locale;
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

  private static final String TRAILER = "0\r\nX-Sum: 7\r\n\r\n";

  private static Client client;
  private static ScriptedUpstream upstream;

  @BeforeAll
  static void deploy(Application application) throws IOException {
    client = new Client(application);
    upstream = ScriptedUpstream.onRequest(HttpMessagesIT::answer);
    application.deploy(
        Config.empty().routeTo("web", upstream.url()).onRoute("web", "mode", "http").packed());
  }

  @AfterAll
  static void stop() throws IOException {
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

  private static String readChunks(Wire connection) throws IOException {
    StringBuilder text = new StringBuilder();
    while (text.length() < 4
        || text.indexOf("0\r\n") < 0
        || !text.toString().endsWith("\r\n\r\n")) {
      text.append(connection.readText(1));
    }
    return text.toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"continue", "mute"})
  void a_client_that_waits_is_told_to_go_on(String upstreamDoes) throws Exception {
    try (Wire wire =
        client.send(
            "PUT", "/web/" + upstreamDoes, "Content-Length: 4\r\nExpect: 100-continue\r\n")) {
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
    try (Wire wire =
        client.send("PUT", "/web/refuse", "Content-Length: 4\r\nExpect: 100-continue\r\n")) {
      ResponseHead head = wire.readResponse();

      assertThat(head.status()).isEqualTo(401);
      assertThat(head.all("WWW-Authenticate")).containsExactly("Bearer");
    }
  }

  @Test
  void trailers_of_an_answer_reach_the_client_and_none_that_belong_to_the_head() throws Exception {
    try (Wire wire = client.send("GET", "/web/trailers", "TE: trailers\r\n")) {
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
    try (Wire wire = client.send("POST", "/web/chunks", "Transfer-Encoding: chunked\r\n")) {
      wire.send("3\r\nabc\r\n0\r\nX-Sum: 7\r\nX-Forwarded-For: 9.9.9.9\r\n\r\n");

      ResponseHead head = wire.readResponse();
      assertThat(head.status()).isEqualTo(200);
      assertThat(wire.readBody(head).toLowerCase(Locale.ROOT))
          .isEqualTo(("3\r\nabc\r\n" + TRAILER).toLowerCase(Locale.ROOT));
    }
  }

  @Test
  void a_part_is_the_answer_to_a_range() throws Exception {
    try (Wire wire = client.send("GET", "/web/range", "Range: bytes=1-2\r\n")) {
      ResponseHead head = wire.readResponse();

      assertThat(head.status()).isEqualTo(206);
      assertThat(head.all("Content-Range")).containsExactly("bytes 1-2/5");
      assertThat(wire.readBody(head)).isEqualTo("el");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bodiless", "empty"})
  void after_an_answer_without_body_comes_the_next(String upstreamDoes) throws Exception {
    try (Wire wire = client.send("GET", "/web/" + upstreamDoes, "")) {
      assertThat(wire.readResponse().status()).isIn(204, 304);
      wire.send(client.head("GET", "/web/hello", ""));
      ResponseHead next = wire.readResponse();
      assertThat(next.status()).isEqualTo(200);
      assertThat(wire.readBody(next)).isEqualTo("hello");
    }
  }

  @Test
  void an_answer_with_two_lengths_is_502() throws Exception {
    try (Wire wire = client.send("GET", "/web/lengths", "")) {
      assertThat(wire.readResponse().status()).isEqualTo(502);
    }
  }
}
