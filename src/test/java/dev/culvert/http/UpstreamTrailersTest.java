package dev.culvert.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.handshake.Headers;
import dev.culvert.handshake.ProxiedRequest;
import dev.culvert.testkit.ScriptedUpstream;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Trailer fields on connections of HTTP/1.1 (RFC 9112 section 7.1.2). */
class UpstreamTrailersTest {

  @AutoClose private final Transport transport = TransportRig.transport();

  @Test
  void those_of_an_answer_come_with_its_end() throws Exception {
    try (ScriptedUpstream upstream =
        ScriptedUpstream.answering(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "3\r\nabc\r\n0\r\nX-Sum: 7\r\nX-Sum: 8\r\n\r\n")) {
      RecordedAnswer answer = TransportRig.ask(transport, TransportRig.to(upstream), "/");

      assertThat(answer.text()).isEqualTo("abc");
      assertThat(answer.trailers()).isEqualTo(Headers.of("X-Sum", "7", "X-Sum", "8"));
    }
  }

  @Test
  void those_of_a_request_go_out_after_its_body() throws Exception {
    String sent = "3\r\nabc\r\n0\r\nX-Sum: 7\r\n\r\n";
    CompletableFuture<String> body = new CompletableFuture<>();
    try (ScriptedUpstream upstream =
        ScriptedUpstream.onRequest(
            (request, connection) -> {
              body.complete(connection.readText(sent.length()));
              connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            })) {
      RecordedAnswer answer =
          RecordedAnswer.of(
              told ->
                  new UpstreamCall(
                      transport,
                      TransportRig.to(upstream),
                      new ProxiedRequest.Ready("POST", "upstream.test", "/", Headers.NONE),
                      Optional.of(TransportRig.content("abc", false, Headers.of("X-Sum", "7"))),
                      TransportRig.LIMITS,
                      told));

      assertThat(answer.text()).isEqualTo("ok");
      assertThat(body.get(10, TimeUnit.SECONDS)).isEqualTo(sent);
    }
  }
}
