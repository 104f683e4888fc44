package dev.culvert.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.handshake.Headers;
import dev.culvert.handshake.ProxiedRequest;
import dev.culvert.testkit.ScriptedUpstream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Long bodies of requests, and upstreams that take them slowly or not at all. */
class UploadTest {

  private static final int PIECE = 16 * 1024;

  /** More than the sockets of both sides hold. */
  private static final long LENGTH = 64L * 1024 * 1024;

  @AutoClose private final Transport transport = TransportRig.transport();

  /** A client that has all of the body at hand and gives what is wanted. */
  private final AtomicLong given = new AtomicLong();

  private final RequestContent content = new RequestContent(LENGTH, this::give);

  private synchronized void give() {
    while (content.isWanted() && given.get() < LENGTH) {
      given.addAndGet(PIECE);
      content.add(new byte[PIECE]);
      if (given.get() == LENGTH) {
        content.end(Headers.NONE);
      }
    }
  }

  private RecordedAnswer post(ScriptedUpstream upstream) {
    return post(upstream, content);
  }

  private RecordedAnswer post(ScriptedUpstream upstream, RequestContent body) {
    return RecordedAnswer.of(
        answer ->
            new UpstreamCall(
                transport,
                TransportRig.to(upstream),
                new ProxiedRequest.Ready("POST", "upstream.test", "/", Headers.NONE),
                Optional.of(body),
                TransportRig.LIMITS,
                answer));
  }

  /** Until the client is not asked for more. */
  private void awaitStandstill() {
    AtomicLong last = new AtomicLong(-1);
    await("the client to be held up")
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(300))
        .until(() -> given.get() > 0 && last.getAndSet(given.get()) == given.get());
  }

  @Test
  void an_upstream_that_takes_nothing_holds_its_client_up_until_it_does() throws Exception {
    CountDownLatch taking = new CountDownLatch(1);
    try (ScriptedUpstream upstream =
        ScriptedUpstream.onRequest(
            (request, connection) -> {
              awaitQuietly(taking);
              for (long left = LENGTH; left > 0; left -= PIECE) {
                connection.read(PIECE);
              }
              connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            })) {
      RecordedAnswer answer = post(upstream);
      awaitStandstill();
      assertThat(given.get()).isLessThan(LENGTH / 2);

      taking.countDown();

      assertThat(answer.text()).isEqualTo("ok");
      assertThat(given).hasValue(LENGTH);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 400})
  void an_answer_before_the_end_of_the_body_is_the_answer_and_ends_the_connection(int status)
      throws Exception {
    CountDownLatch standstill = new CountDownLatch(1);
    CountDownLatch cut = new CountDownLatch(1);
    try (ScriptedUpstream upstream =
        ScriptedUpstream.onRequest(
            (request, connection) -> {
              connection.read(PIECE);
              awaitQuietly(standstill);
              connection.send("HTTP/1.1 " + status + " So\r\nContent-Length: 3\r\n\r\nend");
              connection.readToEnd();
              cut.countDown();
            })) {
      RecordedAnswer answer = post(upstream);
      awaitStandstill();
      standstill.countDown();

      assertThat(answer.head().status()).isEqualTo(status);
      assertThat(answer.text()).isEqualTo("end");
      assertThat(answer.end()).isEmpty();
      assertThat(cut.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(given.get()).isLessThan(LENGTH);
      await().until(() -> !content.isWanted());
    }
  }

  /** Else the upstream would take the next request on it for the rest. */
  @Test
  void a_body_that_is_shorter_than_it_said_ends_the_connection() throws Exception {
    RequestContent cut = new RequestContent(10, () -> {});
    cut.add(new byte[3]);
    cut.end(Headers.NONE);
    CountDownLatch closed = new CountDownLatch(1);
    try (ScriptedUpstream upstream =
        ScriptedUpstream.onAccept(
            connection -> {
              connection.readToEnd();
              closed.countDown();
            })) {
      assertThat(post(upstream, cut).end().orElseThrow().detail())
          .contains("body: 3 bytes (expected: 10)");
      assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void an_upstream_may_answer_while_it_takes_the_body() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    try (ScriptedUpstream upstream =
        ScriptedUpstream.onRequest(
            (request, connection) -> {
              connection.read(PIECE);
              connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbe");
              awaitQuietly(begun);
              for (long left = LENGTH - PIECE; left > 0; left -= PIECE) {
                connection.read(PIECE);
              }
              connection.send("ok");
            })) {
      RecordedAnswer answer = post(upstream);
      assertThat(answer.head().status()).isEqualTo(200);
      begun.countDown();

      assertThat(answer.text()).isEqualTo("beok");
      assertThat(given).hasValue(LENGTH);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
