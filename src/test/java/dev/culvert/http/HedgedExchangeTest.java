package dev.culvert.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.config.HedgeRules;
import dev.culvert.handshake.Headers;
import dev.culvert.handshake.Refusal;
import dev.culvert.provider.Attempt;
import dev.culvert.provider.Attempts;
import dev.culvert.testkit.ScriptedUpstream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are tried at several providers at once. */
@Timeout(60)
class HedgedExchangeTest {

  private static final String EVENTS = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
  private static final String HELLO = EVENTS + "data: hello\n\n";
  private static final HedgeRules HEDGE = new HedgeRules(Duration.ofMillis(50), 2);

  /** Lets the primary answer. */
  private final CompletableFuture<String> answer = new CompletableFuture<>();

  private ScriptedUpstream primary() throws IOException {
    return ScriptedUpstream.onRequest((request, connection) -> connection.send(answer.join()));
  }

  private static String status(int status) {
    return "HTTP/1.1 "
        + status
        + " Status\r\nConnection: close\r\nContent-Length: 3\r\n\r\n"
        + status;
  }

  private static RecordedClient begin(ExchangeRig rig, String method) {
    Optional<RequestContent> content =
        method.equals("POST")
            ? Optional.of(TransportRig.content("body", true, Headers.NONE))
            : Optional.empty();
    return rig.begin(method, content, HEDGE);
  }

  private static void awaitTold(ExchangeRig rig, String what) {
    await(what).until(() -> rig.told.contains(what));
  }

  @Test
  void a_silent_provider_is_hedged_and_the_first_content_wins() throws Exception {
    Semaphore gone = new Semaphore(0);
    try (ScriptedUpstream a =
            ScriptedUpstream.onRequest(
                (request, connection) -> {
                  connection.send(EVENTS + ": ping\n\n");
                  connection.readToEnd();
                  gone.release();
                });
        ScriptedUpstream b =
            ScriptedUpstream.onRequest(
                (request, connection) -> connection.send(EVENTS + "data: hello\n\n"));
        ExchangeRig rig =
            new ExchangeRig(
                List.of(a.url(), b.url()), "routes.r.hedge.first-byte-timeout", "50ms")) {
      RecordedClient client = rig.hedged();

      assertThat(client.text()).isEqualTo("data: hello\n\n");
      assertThat(rig.told).contains("hedged alternative");
      assertThat(gone.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
      await().untilAsserted(rig::assertNothingHeld);
    }
  }

  /** Once it is known what the alternative has answered, the primary answers. */
  @ParameterizedTest
  @CsvSource({"GET, 404, client-error", "POST, 500, server-error", "POST, 429, rate-limited"})
  void an_alternative_that_fails_leaves_the_primary_alone(String method, int status, String failure)
      throws Exception {
    try (ScriptedUpstream a = primary();
        ScriptedUpstream b = ScriptedUpstream.answering(status(status));
        ExchangeRig rig = new ExchangeRig(List.of(a.url(), b.url()))) {
      RecordedClient client = begin(rig, method);
      awaitTold(rig, "b " + failure);
      answer.complete(HELLO);

      assertThat(client.text()).isEqualTo("data: hello\n\n");
      assertThat(rig.told).contains("hedged primary", "a ok");
      assertThat(rig.answering).containsExactly("a");
      rig.assertNothingHeld();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void one_that_must_not_be_asked_leaves_the_primary_its_failover(boolean primaryFailsFirst)
      throws Exception {
    Semaphore refused = new Semaphore(0);
    try (ScriptedUpstream a = primary();
        ScriptedUpstream b = ScriptedUpstream.silent();
        ScriptedUpstream c = ScriptedUpstream.answering(HELLO);
        ExchangeRig rig = new ExchangeRig(List.of(a.url(), b.url(), c.url()))) {
      rig.whilePlanning =
          provider -> {
            if (provider.equals("b")) {
              if (primaryFailsFirst) {
                answer.complete(status(503));
                awaitTold(rig, "a server-error");
              }
              refused.release();
              return Optional.of(new Plan.Refused(Refusal.unavailable("account: gone")));
            }
            return Optional.empty();
          };
      RecordedClient client = begin(rig, "GET");
      assertThat(refused.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
      answer.complete(status(503));

      assertThat(client.text()).isEqualTo("data: hello\n\n");
    }
  }

  @Test
  void nor_does_the_last_one_of_all_attempts_end_another_one() throws Exception {
    try (ScriptedUpstream a = primary();
        ScriptedUpstream b = ScriptedUpstream.answering(status(500));
        ExchangeRig rig =
            new ExchangeRig(List.of(a.url(), b.url()), "routes.r.retry.attempts", "2")) {
      RecordedClient client = begin(rig, "GET");
      awaitTold(rig, "b server-error");
      answer.complete(HELLO);

      assertThat(client.text()).isEqualTo("data: hello\n\n");
      rig.assertNothingHeld();
    }
  }

  @Test
  void an_alternative_that_must_not_be_asked_leaves_the_primary_alone() throws Exception {
    CompletableFuture<Void> refused = new CompletableFuture<>();
    try (ScriptedUpstream a = primary();
        ExchangeRig rig = new ExchangeRig(List.of(a.url(), a.url()))) {
      rig.whilePlanning =
          provider -> {
            if (provider.equals("a")) {
              return Optional.empty();
            }
            refused.complete(null);
            return Optional.of(new Plan.Refused(Refusal.unavailable("account: no more")));
          };
      RecordedClient client = begin(rig, "GET");
      refused.get(10, TimeUnit.SECONDS);
      answer.complete(HELLO);

      assertThat(client.text()).isEqualTo("data: hello\n\n");
      await().untilAsserted(rig::assertNothingHeld);
    }
  }

  @ParameterizedTest
  @CsvSource({"HEAD, 200", "GET, 204"})
  void an_answer_that_can_have_no_events_is_not_an_empty_one(String method, int status)
      throws Exception {
    String head = "HTTP/1.1 " + status + " Status\r\nContent-Type: text/event-stream\r\n\r\n";
    try (ScriptedUpstream a = ScriptedUpstream.answering(head);
        ExchangeRig rig = new ExchangeRig(List.of(a.url()))) {
      RecordedClient client = begin(rig, method);

      assertThat(client.end()).isEqualTo("end");
      assertThat(rig.told).containsExactly("a ok");
    }
  }

  @Test
  void an_upstream_that_falls_silent_before_the_first_event_is_no_slow_client() throws Exception {
    try (ScriptedUpstream a =
            ScriptedUpstream.onRequest(
                (request, connection) -> {
                  connection.send(EVENTS + ": PROCESSING\n\n");
                  connection.readToEnd();
                });
        ScriptedUpstream b = ScriptedUpstream.answering(HELLO);
        ExchangeRig rig =
            new ExchangeRig(
                List.of(a.url(), b.url()),
                "routes.r.retry.count",
                "0",
                "routes.r.hedge.first-byte-timeout",
                "1h")) {
      rig.limits = TransportRig.limits(Duration.ZERO, Duration.ofMillis(100));
      RecordedClient client = rig.hedged();

      assertThat(client.text()).isEqualTo("data: hello\n\n");
      assertThat(rig.told).contains("a reset", "b ok");
    }
  }

  @Test
  void a_request_for_a_head_alone_is_never_hedged() {
    assertThat(new ProxiedExchange.Request("HEAD", Optional.empty(), HEDGE).hedge().enabled())
        .isFalse();
  }

  @Test
  void what_is_the_clients_own_fault_is_its_answer_when_all_have_failed() throws Exception {
    try (ScriptedUpstream a = primary();
        ScriptedUpstream b = ScriptedUpstream.answering(status(404));
        ExchangeRig rig = new ExchangeRig(List.of(a.url(), b.url()))) {
      RecordedClient client = begin(rig, "GET");
      awaitTold(rig, "b client-error");
      answer.complete(status(500));

      assertThat(client.text()).isEqualTo("404");
      assertThat(rig.told).containsExactly("b client-error", "a server-error", "hedged failed");
      rig.assertNothingHeld();
    }
  }

  @Test
  void an_answer_is_more_than_none_when_all_have_failed() throws Exception {
    try (ScriptedUpstream a = primary();
        ScriptedUpstream b = ScriptedUpstream.answering(status(500));
        ExchangeRig rig = new ExchangeRig(List.of(a.url(), b.url()))) {
      RecordedClient client = begin(rig, "POST");
      awaitTold(rig, "b server-error");
      answer.complete("");

      assertThat(client.text()).isEqualTo("500");
      assertThat(rig.told).contains("a reset", "hedged failed");
      rig.assertNothingHeld();
    }
  }

  @Test
  void an_answer_that_waits_goes_with_the_client() throws Exception {
    Semaphore gone = new Semaphore(0);
    try (ScriptedUpstream a = primary();
        ScriptedUpstream b =
            ScriptedUpstream.onRequest(
                (request, connection) -> {
                  connection.send("HTTP/1.1 404 Status\r\nContent-Length: 9\r\n\r\npart");
                  connection.readToEnd();
                  gone.release();
                });
        ExchangeRig rig = new ExchangeRig(List.of(a.url(), b.url()))) {
      RecordedClient client = begin(rig, "GET");
      awaitTold(rig, "b client-error");
      client.exchange().abort();

      assertThat(gone.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
      rig.assertNothingHeld();
      answer.complete("");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 404, 503})
  void an_answer_to_nobody_holds_nothing(int status) {
    try (ExchangeRig rig = new ExchangeRig(List.of("http://127.0.0.1:1"))) {
      Attempts attempts = rig.attempts();
      ProxiedExchange exchange =
          rig.exchange(attempts, "GET", Optional.empty(), HEDGE, new RecordedClient());
      Try late = new Try(exchange, (Attempt) attempts.next().toCompletableFuture().join());
      exchange.abort();
      exchange.answered(late, new Answer.Head(status, Headers.NONE, 0, false));

      rig.assertNothingHeld();
    }
  }
}
