package dev.culvert.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.config.Upstream;
import dev.culvert.config.UpstreamTls;
import dev.culvert.handshake.Headers;
import dev.culvert.handshake.ProxiedRequest;
import dev.culvert.testkit.CertificateAuthority;
import dev.culvert.testkit.Identity;
import dev.culvert.testkit.ScriptedUpstream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Upstreams that take too long. */
class CallTimeoutsTest {

  /** For a connection: one that comes after the end of its call stays in its client's pool. */
  private static final Duration LONG_ENOUGH = Duration.ofSeconds(1);

  private static final Duration SHORT = Duration.ofMillis(200);
  private static final Duration LONG = Duration.ofSeconds(60);

  @AutoClose private final Transport transport = TransportRig.transport();
  private final CountDownLatch cut = new CountDownLatch(1);

  private static RecordedAnswer call(
      Transport transport,
      ScriptedUpstream upstream,
      Optional<RequestContent> content,
      UpstreamCall.Limits limits) {
    return RecordedAnswer.of(
        answer ->
            new UpstreamCall(
                transport,
                TransportRig.to(upstream),
                new ProxiedRequest.Ready(
                    content.isPresent() ? "POST" : "GET", "upstream.test", "/", Headers.NONE),
                content,
                limits,
                answer));
  }

  /** Says something, and then nothing until its client has gone. */
  private ScriptedUpstream saying(String text) throws Exception {
    return ScriptedUpstream.onRequest(
        (request, connection) -> {
          connection.send(text);
          connection.readToEnd();
          cut.countDown();
        });
  }

  private void assertTimedOut(RecordedAnswer answer, String detail) throws Exception {
    assertTimedOut(answer, Fault.Kind.TIMEOUT, detail);
  }

  private void assertTimedOut(RecordedAnswer answer, Fault.Kind kind, String detail)
      throws Exception {
    Fault fault = answer.end().orElseThrow();
    assertThat(fault.kind()).isEqualTo(kind);
    assertThat(fault.detail()).startsWith(detail);
    assertThat(cut.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void a_head_that_does_not_come_ends_the_call_and_its_connection() throws Exception {
    try (ScriptedUpstream upstream = saying("")) {
      RecordedAnswer answer =
          call(transport, upstream, Optional.empty(), TransportRig.limits(SHORT, LONG));

      assertTimedOut(answer, "no response for ");
      assertThat(answer.end().orElseThrow().sent()).isTrue();
    }
  }

  @Test
  void a_stream_that_falls_silent_is_broken_off() throws Exception {
    try (ScriptedUpstream upstream =
        saying("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n")) {
      RecordedAnswer answer =
          call(transport, upstream, Optional.empty(), TransportRig.limits(LONG, SHORT));

      assertThat(answer.head().status()).isEqualTo(200);
      assertTimedOut(answer, "nothing for ");
      assertThat(answer.text()).isEqualTo("data: 1\n\n");
    }
  }

  @Test
  void a_body_of_which_nothing_more_comes_is_the_clients_fault() throws Exception {
    try (ScriptedUpstream upstream = saying("")) {
      RequestContent content = new RequestContent(10, () -> {});
      content.add("half".getBytes(UTF_8));
      RecordedAnswer answer =
          call(transport, upstream, Optional.of(content), TransportRig.limits(LONG, SHORT));

      assertTimedOut(answer, Fault.Kind.CLIENT_TIMEOUT, "nothing for ");
    }
  }

  @Test
  void a_body_that_the_upstream_does_not_take_is_the_upstreams() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (ScriptedUpstream upstream =
        ScriptedUpstream.onRequest((request, connection) -> awaitQuietly(over))) {
      RequestContent content = new RequestContent(-1, () -> {});
      for (int i = 0; i < 1024; i++) {
        content.add(new byte[64 * 1024]);
      }
      RecordedAnswer answer =
          call(transport, upstream, Optional.of(content), TransportRig.limits(LONG, SHORT));

      Fault fault = answer.end().orElseThrow();
      over.countDown();
      assertThat(fault.kind()).isEqualTo(Fault.Kind.TIMEOUT);
      assertThat(fault.detail()).startsWith("nothing for ");
    }
  }

  @Test
  void an_answer_that_the_client_does_not_take_is_the_clients() throws Exception {
    try (ScriptedUpstream upstream =
        saying("HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n" + "x".repeat(50_000))) {
      RecordedAnswer answer =
          RecordedAnswer.notTaking(
              told ->
                  new UpstreamCall(
                      transport,
                      TransportRig.to(upstream),
                      TransportRig.get("/"),
                      Optional.empty(),
                      TransportRig.limits(LONG, SHORT),
                      told));

      assertThat(answer.head().status()).isEqualTo(200);
      assertTimedOut(answer, Fault.Kind.CLIENT_TIMEOUT, "nothing for ");
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void a_client_of_others_is_held_to_them_too() throws Exception {
    try (CloseableHttpAsyncClient supplied = HttpAsyncClients.createDefault();
        ScriptedUpstream upstream = saying("")) {
      supplied.start();
      try (Transport over = new Transport(transport.rules(), Optional.of(supplied))) {
        Fault fault =
            call(over, upstream, Optional.empty(), TransportRig.limits(LONG_ENOUGH, LONG))
                .end()
                .orElseThrow();

        assertThat(fault.kind()).isEqualTo(Fault.Kind.TIMEOUT);
        assertThat(fault.detail()).startsWith("no response for ");
        await().atMost(Duration.ofSeconds(10)).until(() -> upstream.live() == 0);
      }
    }
  }

  @Test
  void a_handshake_that_does_not_end_is_no_connection() throws Exception {
    CertificateAuthority authority = new CertificateAuthority("tests");
    try (ScriptedUpstream silent =
        ScriptedUpstream.onAccept(
            connection -> {
              connection.readToEnd();
              cut.countDown();
            })) {
      Destination plain = TransportRig.to(silent);
      Destination secure =
          new Destination(
              new Upstream.Address("https", "127.0.0.1", plain.address().port(), ""),
              Optional.of(
                  new UpstreamTls(
                      Identity.anonymous(authority.certificate()), Optional.empty(), "print")),
              "");
      UpstreamCall.Limits limits =
          new UpstreamCall.Limits(new Timeouts(LONG, SHORT), Duration.ZERO, Duration.ZERO);

      RecordedAnswer answer =
          RecordedAnswer.of(
              told ->
                  new UpstreamCall(
                      transport, secure, TransportRig.get("/"), Optional.empty(), limits, told));

      assertThat(answer.end().orElseThrow().kind()).isEqualTo(Fault.Kind.CONNECT);
      assertThat(cut.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }
}
