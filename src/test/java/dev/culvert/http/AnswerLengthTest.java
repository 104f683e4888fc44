package dev.culvert.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.config.Upstream;
import dev.culvert.config.UpstreamTls;
import dev.culvert.handshake.Headers;
import dev.culvert.handshake.ProxiedRequest;
import dev.culvert.testkit.CertificateAuthority;
import dev.culvert.testkit.Http2Upstream;
import dev.culvert.testkit.Identity;
import dev.culvert.testkit.SentEntity;
import java.util.List;
import java.util.Optional;
import org.apache.hc.core5.http.message.BasicHttpResponse;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.nio.AsyncServerExchangeHandler;
import org.apache.hc.core5.http.nio.support.BasicResponseProducer;
import org.apache.hc.core5.http.nio.support.ImmediateResponseExchangeHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers over HTTP/2 whose length is said: the library believes anything. */
class AnswerLengthTest {

  private final CertificateAuthority authority = new CertificateAuthority("tests");
  private final Transport transport = TransportRig.transport();
  private Http2Upstream upstream;

  // What it answers; set before a request is sent.
  private volatile int status = 200;
  private volatile List<String> lengths = List.of();
  private volatile Optional<String> body = Optional.of("hello");

  @BeforeEach
  void start() throws Exception {
    upstream =
        Http2Upstream.start(
            authority.issue("upstream.test").context(authority.certificate()), request -> answer());
  }

  private AsyncServerExchangeHandler answer() {
    BasicHttpResponse head = new BasicHttpResponse(status);
    lengths.forEach(length -> head.addHeader("Content-Length", length));
    AsyncEntityProducer entity =
        body.map(text -> new SentEntity(text.getBytes(UTF_8), List.of())).orElse(null);
    return new ImmediateResponseExchangeHandler(new BasicResponseProducer(head, entity));
  }

  @AfterEach
  void stop() {
    transport.close();
    upstream.close();
  }

  private Destination destination(Upstream.Address address) {
    return new Destination(
        address,
        Optional.of(
            new UpstreamTls(
                Identity.anonymous(authority.certificate()), Optional.of("upstream.test"), "tls")),
        "");
  }

  private RecordedAnswer ask(String method) {
    return RecordedAnswer.of(
        told ->
            new UpstreamCall(
                transport,
                destination(new Upstream.Address("https", "127.0.0.1", upstream.port(), "")),
                new ProxiedRequest.Ready(method, "upstream.test", "/", Headers.NONE),
                Optional.empty(),
                TransportRig.LIMITS,
                told));
  }

  @ParameterizedTest
  @CsvSource({"'', -1", "5, 5", "5 5, 5"})
  void what_is_said_is_told(String said, long told) throws Exception {
    lengths = said.isEmpty() ? List.of() : List.of(said.split(" "));

    RecordedAnswer answer = ask("GET");

    assertThat(answer.head()).isEqualTo(new Answer.Head(200, answer.head().headers(), told, true));
    assertThat(answer.text()).isEqualTo("hello");
    assertThat(answer.end()).isEmpty();
  }

  @Test
  void a_part_is_not_the_whole() throws Exception {
    lengths = List.of("9");

    RecordedAnswer answer = ask("GET");

    assertThat(answer.head().length()).isEqualTo(9);
    assertBroken(answer, "body of 5 bytes (expected: 9)");
  }

  @Test
  void nothing_is_told_of_what_is_too_much() throws Exception {
    lengths = List.of("3");

    RecordedAnswer answer = ask("GET");

    assertBroken(answer, "body of 5 bytes (expected: 3)");
    assertThat(answer.received()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"5 6", "five", "+5", "-1", "99999999999999999999"})
  void what_is_no_length_is_no_answer(String said) throws Exception {
    lengths = List.of(said.split(" "));

    assertBroken(ask("GET"), "Content-Length: " + lengths + " (expected: one number)");
  }

  @Test
  void where_there_is_no_body_there_is_no_length() throws Exception {
    body = Optional.empty();
    lengths = List.of("100");

    assertBroken(ask("GET"), "Content-Length: 100, and no body");
  }

  @ParameterizedTest
  @CsvSource({"HEAD, 200, 100", "GET, 304, 100", "GET, 204, -1"})
  void but_that_of_another_answer_where_there_never_is_one(String method, int code, long told)
      throws Exception {
    body = Optional.empty();
    status = code;
    lengths = List.of("100");

    RecordedAnswer answer = ask(method);

    assertThat(answer.end()).isEmpty();
    assertThat(answer.head().length()).isEqualTo(told);
    assertThat(answer.head().hasBody()).isFalse();
  }

  private static void assertBroken(RecordedAnswer answer, String detail) throws Exception {
    Fault fault = answer.end().orElseThrow();
    assertThat(fault.kind()).isEqualTo(Fault.Kind.PROTOCOL);
    assertThat(fault.detail()).endsWith(detail);
  }

  @ParameterizedTest
  @CsvSource({"5, end", "9, broken", "3, broken"})
  void a_client_can_tell(String said, String end) throws Exception {
    lengths = List.of(said);
    try (ExchangeRig rig = new ExchangeRig(List.of(upstream.url()))) {
      rig.destinations = this::destination;

      RecordedClient client = rig.get();

      assertThat(client.status()).isEqualTo(200);
      assertThat(client.end()).isEqualTo(end);
      assertThat(rig.told).containsExactly(end.equals("end") ? "a ok" : "a reset");
      rig.assertNothingHeld();
    }
  }
}
