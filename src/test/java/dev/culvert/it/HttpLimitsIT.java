package dev.culvert.it;

import static dev.culvert.testkit.ScriptedUpstream.ok;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.RequestHead;
import dev.culvert.testkit.ResponseHead;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How long the messages of a route in mode {@code http} may be, and how long it waits for them. */
@ExtendWith(ServerExtension.class)
class HttpLimitsIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String ACCOUNT_SECRET = "acc0unt-s3cret";
  private static final String QUERY_SECRET = "qu3ry-s3cret";

  private static Application application;
  private static Client client;
  private static ScriptedUpstream upstream;

  @BeforeAll
  static void deploy(Application ours) throws IOException {
    application = ours;
    client = new Client(application);
    upstream = ScriptedUpstream.onRequest(HttpLimitsIT::answer);
    application.deploy(
        Config.empty()
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
    upstream.close();
  }

  /** What the upstream does hangs on the last segment of the path. */
  private static void answer(RequestHead request, Wire connection) throws IOException {
    String path = request.target().replaceFirst("\\?.*", "");
    switch (path.substring(path.lastIndexOf('/') + 1)) {
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
      default -> connection.send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    }
  }

  @Test
  void a_request_that_says_it_is_too_long_never_reaches_the_upstream() throws Exception {
    int before = upstream.accepted();
    try (Wire wire = client.send("POST", "/small/hello", "Content-Length: 1025\r\n")) {
      assertThat(wire.readResponse().status()).isEqualTo(413);
    }
    assertThat(upstream.accepted()).isEqualTo(before);
  }

  @Test
  void a_request_that_turns_out_to_be_too_long_is_413() throws Exception {
    try (Wire wire = client.send("POST", "/small/silent", "Transfer-Encoding: chunked\r\n")) {
      wire.send("200\r\n" + "x".repeat(512) + "\r\n").send("201\r\n" + "x".repeat(513) + "\r\n");

      assertThat(wire.readResponse().status()).isEqualTo(413);
    }
  }

  @Test
  void one_that_is_just_short_enough_goes_through() throws Exception {
    try (Wire wire = client.send("POST", "/small/hello", "Content-Length: 1024\r\n")) {
      wire.send("x".repeat(1024));
      assertThat(wire.readResponse().status()).isEqualTo(200);
    }
  }

  @Test
  void an_answer_that_says_it_is_too_long_is_502() throws Exception {
    try (Wire wire = client.send("GET", "/small/long", "")) {
      assertThat(wire.readResponse().status()).isEqualTo(502);
    }
  }

  @Test
  void a_head_may_tell_of_a_longer_one() throws Exception {
    try (Wire wire = client.send("HEAD", "/small/long", "")) {
      ResponseHead head = wire.readResponse();

      assertThat(head.status()).isEqualTo(200);
      assertThat(head.all("Content-Length")).containsExactly("2048");
    }
  }

  @Test
  void an_answer_that_turns_out_to_be_too_long_has_no_end() throws Exception {
    try (Wire wire = client.send("GET", "/small/longer", "")) {
      String seen = new String(wire.readToEnd(), ISO_8859_1); // the reset may overtake its begin
      assertThat(seen).matches("(?s)|HTTP/1.1 200 .*").doesNotContain("0\r\n\r\n");
    }
  }

  @Test
  void an_upstream_that_does_not_answer_is_504_and_no_secret_is_logged() throws Exception {
    int mark = application.server().log().mark();
    try (Wire wire = client.send("GET", "/quick/silent?key=" + QUERY_SECRET, "")) {
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
    try (Wire wire = client.send("GET", "/quick/half", "")) {
      assertThat(wire.readResponse().status()).isEqualTo(200);
      assertThat(new String(wire.readToEnd(), ISO_8859_1)).contains("half").doesNotContain("0\r\n");
    }
  }

  @Test
  void a_client_that_falls_silent_within_its_body_is_given_up() throws Exception {
    try (Wire wire = client.send("POST", "/quick/silent", "Content-Length: 40000\r\n")) {
      wire.send("half");
      assertThat(wire.readResponse().status()).isEqualTo(408);
    }
  }
}
