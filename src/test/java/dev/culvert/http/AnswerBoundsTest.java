package dev.culvert.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.config.TransportRules;
import dev.culvert.config.Upstream;
import dev.culvert.config.UpstreamTls;
import dev.culvert.handshake.Headers;
import dev.culvert.handshake.ProxiedRequest;
import dev.culvert.testkit.CertificateAuthority;
import dev.culvert.testkit.Identity;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Where an answer of HTTP/1.1 begins and ends. The upstream of these tests says more, or less, than
 * that to the first request of all, and gives each other one its own answer.
 */
@Timeout(60)
class AnswerBoundsTest {

  private static final String OWN = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nown";
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  private static final String POISON =
      "\nHTTP/1.1 200 OK\r\nSet-Cookie: sid=evil\r\nContent-Length: 0\r\nX: ";

  private static final TransportRules RULES = TransportRules.DEFAULTS;

  /** More than the library reads at once. */
  private static final int LONG = 48 * 1024;

  private final CertificateAuthority authority = new CertificateAuthority("tests");
  private final Identity identity = authority.issue("127.0.0.1");

  /** What the first request is answered, piece by piece. */
  private final BlockingQueue<String> first = new LinkedBlockingQueue<>();

  /** A permit for each piece of it. */
  private final Semaphore more = new Semaphore(0);

  /** One connection at a time, for which the next request waits. */
  @AutoClose
  private final Transport transport =
      new Transport(
          new TransportRules(
              RULES.maxIdle(),
              RULES.maxIdlePerHost(),
              RULES.keepAlive(),
              1,
              RULES.http2(),
              RULES.proxy(),
              RULES.noProxy(),
              RULES.tlsTimeout()),
          Optional.empty());

  private ScriptedUpstream upstream;

  private Destination start(boolean secure, String... pieces) throws IOException {
    first.addAll(List.of(pieces));
    return start(secure, this::serve);
  }

  private Destination start(boolean secure, ScriptedUpstream.Script script) throws IOException {
    upstream =
        ScriptedUpstream.onAccept(
            connection ->
                script.serve(
                    secure
                        ? connection.serving(identity.context(authority.certificate()))
                        : connection));
    Destination plain = TransportRig.to(upstream);
    return secure
        ? new Destination(
            new Upstream.Address("https", "127.0.0.1", plain.address().port(), ""),
            Optional.of(
                new UpstreamTls(
                    Identity.anonymous(authority.certificate()), Optional.empty(), "print")),
            "")
        : plain;
  }

  private void serve(Wire connection) throws IOException {
    connection.readRequest();
    if (first.isEmpty()) {
      connection.send(OWN);
    }
    for (String piece = first.poll(); piece != null; piece = first.poll()) {
      more.acquireUninterruptibly();
      connection.send(piece);
    }
    while (true) {
      connection.readRequest();
      connection.send(OWN);
    }
  }

  @AfterEach
  void stop() throws IOException {
    upstream.close();
  }

  private RecordedAnswer ask(Destination to, String method) {
    return RecordedAnswer.of(
        answer ->
            new UpstreamCall(
                transport,
                to,
                new ProxiedRequest.Ready(method, "upstream.test", "/", Headers.NONE),
                Optional.empty(),
                TransportRig.LIMITS,
                answer));
  }

  private static String answer(int length) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n" + "x".repeat(length);
  }

  /** The next request waits for the connection of the first one. */
  private void assertOwnAnswer(Destination to, RecordedAnswer one, int length) throws Exception {
    RecordedAnswer next = ask(to, "GET");
    more.release();

    assertThat(one.text()).hasSize(length);
    assertOwn(to, next);
  }

  private void assertOwn(Destination to, RecordedAnswer answer) throws Exception {
    RecordedAnswer next = answer;
    if (next.end().isPresent()) { // its connection went before it did
      assertThat(next.end()).get().extracting(Fault::kind).isEqualTo(Fault.Kind.STALE);
      assertThat(next.end()).get().extracting(Fault::sent).isEqualTo(false);
      next = ask(to, "GET");
    }
    assertThat(next.text()).isEqualTo("own");
    assertThat(next.head().headers().values("Set-Cookie")).isEmpty();
    assertThat(upstream.accepted()).as("connections").isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({"false, 2", "true, 2", "false, " + LONG, "true, " + LONG})
  void what_comes_after_an_answer_is_no_part_of_the_next_one(boolean secure, int length)
      throws Exception {
    Destination to = start(secure, answer(length) + POISON);

    assertOwnAnswer(to, ask(to, "GET"), length);
  }

  @ParameterizedTest
  @CsvSource({"false, 2", "true, 2", "false, " + LONG, "true, " + LONG})
  void nor_is_what_is_no_beginning_of_one(boolean secure, int length) throws Exception {
    Destination to = start(secure, answer(length) + "garbage");

    assertOwnAnswer(to, ask(to, "GET"), length);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void nor_is_the_body_of_an_answer_that_has_none(boolean secure) throws Exception {
    Destination to = start(secure, OK);

    assertOwnAnswer(to, ask(to, "HEAD"), 0);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void what_comes_while_nobody_uses_a_connection_ends_it(boolean secure) throws Exception {
    Destination to = start(secure, OK, POISON);
    more.release();

    assertThat(ask(to, "GET").text()).isEqualTo("ok");
    assertThat(upstream.live()).isEqualTo(1);
    more.release();
    await().until(() -> upstream.live() == 0);

    assertOwn(to, ask(to, "GET"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_connection_that_brings_nothing_more_is_used_again(boolean secure) throws Exception {
    Destination to = start(secure, OK);
    more.release();

    assertThat(ask(to, "GET").text()).isEqualTo("ok");
    assertThat(ask(to, "GET").text()).isEqualTo("own");

    assertThat(upstream.accepted()).isEqualTo(1);
  }

  /** A connection that ends after this. */
  private RecordedAnswer askForLast(boolean secure, String words) throws IOException {
    Destination to =
        start(
            secure,
            connection -> {
              connection.readRequest();
              connection.send(words).close();
            });
    return ask(to, "GET");
  }

  @ParameterizedTest
  @CsvSource({
    "false, Content-Length: 0|Location: https://example.co",
    "true, Content-Length: 0|Location: https://example.co",
    "false, X: y",
    "true, X: y"
  })
  void a_head_within_which_the_connection_ends_is_none(boolean secure, String fields)
      throws Exception {
    RecordedAnswer answer =
        askForLast(secure, "HTTP/1.1 302 Found\r\n" + fields.replace("|", "\r\n"));

    assertThat(answer.end()).get().extracting(Fault::kind).isEqualTo(Fault.Kind.PROTOCOL);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void one_that_came_together_with_interim_answers_and_the_end_is_whole(boolean secure)
      throws Exception {
    String interim = "HTTP/1.1 103 Early Hints\r\n\r\n";
    RecordedAnswer answer = askForLast(secure, interim + interim + OK);

    assertThat(answer.end()).isEmpty();
    assertThat(answer.text()).isEqualTo("ok");
  }
}
