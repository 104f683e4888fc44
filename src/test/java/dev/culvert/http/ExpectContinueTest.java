package dev.culvert.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.handshake.Headers;
import dev.culvert.handshake.ProxiedRequest;
import dev.culvert.testkit.ScriptedUpstream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that wait for {@code 100 Continue} (RFC 9110 section 10.1.1). */
class ExpectContinueTest {

  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  @AutoClose private final Transport transport = TransportRig.transport();

  /** How often more of the body was asked for. */
  private final AtomicInteger demands = new AtomicInteger();

  private final RequestContent content = new RequestContent(4, demands::incrementAndGet);

  private RecordedAnswer put(ScriptedUpstream upstream) {
    return RecordedAnswer.of(
        answer ->
            new UpstreamCall(
                transport,
                TransportRig.to(upstream),
                new ProxiedRequest.Ready(
                    "PUT", "upstream.test", "/", Headers.of("Expect", "100-continue")),
                Optional.of(content),
                TransportRig.LIMITS,
                answer));
  }

  private void bodyCame() {
    content.add("body".getBytes(UTF_8));
    content.end(Headers.NONE);
  }

  @Test
  void the_body_goes_out_when_the_upstream_wants_it() throws Exception {
    CompletableFuture<String> body = new CompletableFuture<>();
    try (ScriptedUpstream upstream =
        ScriptedUpstream.onRequest(
            (request, connection) -> {
              connection.send("HTTP/1.1 100 Continue\r\n\r\n");
              body.complete(connection.readText(4));
              connection.send(OK);
            })) {
      bodyCame();
      RecordedAnswer answer = put(upstream);

      assertThat(answer.text()).isEqualTo("ok");
      assertThat(answer.head().status()).isEqualTo(200);
      assertThat(body.get(10, TimeUnit.SECONDS)).isEqualTo("body");
      assertThat(upstream.nextRequest().all("Expect")).containsExactly("100-continue");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {417, 401, 413})
  void nothing_of_the_body_is_asked_for_when_the_upstream_refuses_it(int status) throws Exception {
    CompletableFuture<Integer> rest = new CompletableFuture<>();
    try (ScriptedUpstream upstream =
        ScriptedUpstream.onRequest(
            (request, connection) -> {
              connection.send("HTTP/1.1 " + status + " No\r\nContent-Length: 2\r\n\r\nno");
              rest.complete(connection.readToEnd().length);
            })) {
      RecordedAnswer answer = put(upstream);

      assertThat(answer.head().status()).isEqualTo(status);
      assertThat(answer.text()).isEqualTo("no");
      assertThat(demands).hasValue(0);
      // The upstream could not tell a request from the rest of this one.
      assertThat(rest.get(10, TimeUnit.SECONDS)).isZero();
    }
  }

  @Test
  void the_body_goes_out_after_a_second_to_an_upstream_that_says_nothing() throws Exception {
    CompletableFuture<Duration> silence = new CompletableFuture<>();
    try (ScriptedUpstream upstream =
        ScriptedUpstream.onRequest(
            (request, connection) -> {
              long begun = System.nanoTime();
              assertThat(connection.readText(4)).isEqualTo("body");
              silence.complete(Duration.ofNanos(System.nanoTime() - begun));
              connection.send(OK);
            })) {
      bodyCame();

      assertThat(put(upstream).text()).isEqualTo("ok");
      assertThat(silence.get(10, TimeUnit.SECONDS))
          .isBetween(Duration.ofMillis(900), Duration.ofMillis(2_900));
    }
  }

  @Test
  void an_upstream_that_goes_before_the_body_may_have_acted_on_the_head() throws Exception {
    try (ScriptedUpstream upstream = ScriptedUpstream.onRequest((request, connection) -> {})) {
      Fault fault = put(upstream).end().orElseThrow();

      assertThat(fault.sent()).isTrue();
      assertThat(demands).hasValue(0);
    }
  }
}
