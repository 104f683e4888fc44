package dev.culvert.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.ResponseHead;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Requests of which servers may see the end in different places, from a proxy that has several
 * clients on one connection: what it has sent as a body never becomes a request.
 */
@ExtendWith(ServerExtension.class)
class RequestFramingIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final List<String> TARGETS = new CopyOnWriteArrayList<>();

  private static Application application;
  private static Client client;
  private static ScriptedUpstream upstream;

  @BeforeAll
  static void deploy(Application ours) throws IOException {
    application = ours;
    client = new Client(application);
    upstream =
        ScriptedUpstream.onRequest(
            (request, connection) -> {
              TARGETS.add(request.target());
              connection.send(
                  "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
              connection.readToEnd();
            });
    application.deploy(
        Config.empty()
            .routeTo("web", upstream.url())
            .onRoute("web", "mode", "http")
            .routeTo("chat", upstream.url())
            .turns("turns", "llm", Integer.parseInt(upstream.url().replaceAll(".*:", "")))
            .packed());
  }

  @AfterAll
  static void stop() throws IOException {
    upstream.close();
  }

  private static String request(String line, String fields) {
    return line.replace(" /", " " + application.contextPath() + "/")
        + "\r\nHost: 127.0.0.1\r\n"
        + fields.replace("; ", "\r\n")
        + "\r\n\r\n";
  }

  private static String smuggled() {
    return request("GET /web/smuggled HTTP/1.1", "X-Smuggled: 1");
  }

  /** Both in one piece, as a proxy may send them, so that the server has all of it at once. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST /web/  HTTP/1.1 | Transfer-Encoding: gzip, chunked                      | 501",
        "POST /web/  HTTP/1.1 | Transfer-Encoding: gzip                               | 400",
        "POST /web/  HTTP/1.1 | Transfer-Encoding: chunked, gzip                      | 400",
        "POST /web/  HTTP/1.1 | Transfer-Encoding: gzip; Transfer-Encoding: chunked   | 501",
        "GET /web/   HTTP/1.1 | Transfer-Encoding: gzip, chunked                      | 501",
        "POST /web/  HTTP/1.0 | Transfer-Encoding: chunked; Connection: keep-alive    | 400",
        "POST /chat/ HTTP/1.1 | Transfer-Encoding: gzip, chunked                      | 501",
        "POST /turns/ HTTP/1.1 | Transfer-Encoding: gzip, chunked                     | 501",
        "POST /none/ HTTP/1.1 | Transfer-Encoding: gzip, chunked                      | 501"
      })
  void a_body_that_the_server_does_not_see_is_no_request(String line, String fields, int status)
      throws Exception {
    String first = request(line.replaceAll(" +", " "), fields);

    try (Wire wire = client.connect().send(first + smuggled())) {
      ResponseHead answer = wire.readResponse();
      assertThat(answer.status()).isIn(status, 400); // where the server refuses it by itself
      assertThat(answer.all("Connection")).containsExactly("close");
      wire.readBody(answer);
      assertThat(new String(wire.readToEnd(), ISO_8859_1)).isEmpty();
    }
    upstreamGetsOnlyOurs();
  }

  /** What came before on other connections has come by then, too. */
  private static void upstreamGetsOnlyOurs() throws IOException {
    try (Wire wire = client.connect().send(request("GET /web/ours HTTP/1.1", "X-Any: 1"))) {
      assertThat(wire.readResponse().status()).isEqualTo(200);
    }
    assertThat(TARGETS).contains("/web/ours").doesNotContain("/web/smuggled");
  }

  @Test
  void the_log_names_the_field() throws Exception {
    int mark = application.server().log().mark();
    for (String path : List.of("/web/", "/none/")) {
      String first = request("POST " + path + " HTTP/1.1", "Transfer-Encoding: x, chunked");
      try (Wire wire = client.connect().send(first)) {
        assertThat(wire.readResponse().status()).isEqualTo(501);
      }
    }

    assertThat(application.server().log().await(mark, "CULVERT-R003 .*status=501", LIMIT))
        .contains("detail=Transfer-Encoding: x, chunked (expected: chunked)");
  }

  @Test
  void a_chunked_body_goes_through_and_what_follows_is_the_next_request() throws Exception {
    String first = request("POST /web/chunked HTTP/1.1", "Transfer-Encoding: chunked");
    String second = request("GET /web/second HTTP/1.1", "X-Any: 1");

    try (Wire wire = client.connect().send(first + "3\r\nabc\r\n0\r\n\r\n" + second)) {
      for (int i = 0; i < 2; i++) {
        ResponseHead answer = wire.readResponse();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(wire.readBody(answer)).isEqualTo("ok");
      }
    }
    assertThat(TARGETS).contains("/web/chunked", "/web/second");
  }
}
