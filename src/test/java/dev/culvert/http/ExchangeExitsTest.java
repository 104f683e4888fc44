package dev.culvert.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.config.HedgeRules;
import dev.culvert.handshake.Refusal;
import dev.culvert.provider.lease.StoreKind;
import dev.culvert.testkit.FreePort;
import dev.culvert.testkit.ScriptedUpstream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** However an exchange ends, its leases do. */
@Timeout(60)
class ExchangeExitsTest {

  private static final String OK =
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
  private static final String PART = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart";
  private static final String EVENTS = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
  private static final String HEDGE = "routes.r.hedge.first-byte-timeout";

  StoreKind stores() {
    return StoreKind.MEMORY;
  }

  private ExchangeRig rig(List<String> urls, String... more) {
    return new ExchangeRig(stores(), false, urls, more);
  }

  private static ScriptedUpstream answering(String text) throws IOException {
    return ScriptedUpstream.answering(text);
  }

  /** One that says this and nothing else, and stays. */
  private static ScriptedUpstream stayingBehind(String text) throws IOException {
    return ScriptedUpstream.onRequest(
        (request, connection) -> {
          connection.send(text);
          connection.readToEnd();
        });
  }

  private static String status(int status) {
    return "HTTP/1.1 " + status + " Status\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbad";
  }

  private static void awaitTold(ExchangeRig rig, String what) {
    await(what).until(() -> rig.told.contains(what));
  }

  @Test
  void success() throws Exception {
    try (ScriptedUpstream a = answering(OK);
        ExchangeRig rig = rig(List.of(a.url()))) {
      for (int i = 0; i < 5; i++) {
        assertThat(rig.get().text()).isEqualTo("ok");
      }

      rig.assertNothingHeld();
    }
  }

  @Test
  void providersThatFail() throws Exception {
    try (ScriptedUpstream b = answering(status(500));
        ScriptedUpstream c = answering("");
        ExchangeRig rig = rig(List.of("http://127.0.0.1:" + FreePort.find(), b.url(), c.url()))) {
      RecordedClient client = rig.get();

      assertThat(client.end()).isEqualTo("refused");
      assertThat(rig.told)
          .containsExactly("a connect", "b server-error", "b server-error", "c reset");
      rig.assertNothingHeld();
    }
  }

  @Test
  void anErrorThatNobodyElseIsAskedAbout() throws Exception {
    try (ScriptedUpstream a = answering(status(404));
        ExchangeRig rig = rig(List.of(a.url(), a.url()))) {
      RecordedClient client = rig.get();

      assertThat(client.text()).isEqualTo("bad");
      assertThat(rig.told).containsExactly("a client-error");
      rig.assertNothingHeld();
    }
  }

  @Test
  void anAnswerThatBreaksOff() throws Exception {
    try (ScriptedUpstream a = answering(PART);
        ExchangeRig rig = rig(List.of(a.url()))) {
      assertThat(rig.get().end()).isEqualTo("broken");

      rig.assertNothingHeld();
    }
  }

  @Test
  void anAnswerThatIsIdleForTooLong() throws Exception {
    try (ScriptedUpstream a = stayingBehind(PART);
        ExchangeRig rig = rig(List.of(a.url()))) {
      rig.limits =
          new UpstreamCall.Limits(
              TransportRig.LIMITS.timeouts(), Duration.ZERO, Duration.ofMillis(100));

      assertThat(rig.get().end()).isEqualTo("broken");

      rig.assertNothingHeld();
    }
  }

  @Test
  void anAnswerThatDoesNotBegin() throws Exception {
    try (ScriptedUpstream a = stayingBehind("");
        ExchangeRig rig = rig(List.of(a.url()))) {
      rig.limits =
          new UpstreamCall.Limits(
              TransportRig.LIMITS.timeouts(), Duration.ofMillis(100), Duration.ZERO);
      RecordedClient client = rig.get();

      assertThat(client.status()).isEqualTo(504);
      rig.assertNothingHeld();
    }
  }

  @Test
  void aClientThatLeavesWhileTheStoreIsAsked() throws Exception {
    try (ScriptedUpstream a = answering(OK);
        ExchangeRig rig = rig(List.of(a.url()))) {
      CompletableFuture<Void> gate = rig.leases.hold();
      RecordedClient client = rig.get();
      client.exchange().abort();
      gate.complete(null);

      rig.assertNothingHeld();
      assertThat(a.accepted()).isZero();
    }
  }

  @Test
  void aClientThatLeavesBeforeTheAnswer() throws Exception {
    try (ScriptedUpstream a = stayingBehind("");
        ExchangeRig rig = rig(List.of(a.url()))) {
      RecordedClient client = rig.get();
      assertThat(a.nextRequest()).isNotNull();
      assertThat(rig.leases.held()).hasSize(1);
      client.exchange().abort();

      rig.assertNothingHeld();
    }
  }

  @Test
  void aClientThatLeavesWithinTheAnswer() throws Exception {
    try (ScriptedUpstream a = stayingBehind(PART);
        ExchangeRig rig = rig(List.of(a.url()))) {
      RecordedClient client = rig.get();
      assertThat(client.status()).isEqualTo(200);
      assertThat(rig.leases.held()).hasSize(1);
      client.exchange().abort();

      rig.assertNothingHeld();
    }
  }

  @Test
  void aClientThatLeavesBetweenTwoAttempts() throws Exception {
    try (ScriptedUpstream a = answering(status(500));
        ExchangeRig rig = rig(List.of(a.url()), "routes.r.retry.backoff", "60s")) {
      RecordedClient client = rig.get();
      awaitTold(rig, "a server-error");
      client.exchange().abort();

      rig.assertNothingHeld();
      assertThat(a.accepted()).isEqualTo(1);
    }
  }

  @Test
  void aClientThatLeavesTwoThatAreTriedAtOnce() throws Exception {
    try (ScriptedUpstream a = stayingBehind("");
        ScriptedUpstream b = stayingBehind("");
        ExchangeRig rig = rig(List.of(a.url(), b.url()), HEDGE, "50ms")) {
      RecordedClient client = rig.hedged();
      assertThat(b.nextRequest()).isNotNull();
      assertThat(rig.leases.held()).hasSize(2);
      client.exchange().abort();

      rig.assertNothingHeld();
      assertThat(rig.told).contains("hedged aborted");
    }
  }

  @Test
  void theLoserOfTwoThatAreTriedAtOnce() throws Exception {
    try (ScriptedUpstream a = stayingBehind(EVENTS + ": ping\n\n");
        ScriptedUpstream b = answering(EVENTS + "data: hello\n\n");
        ExchangeRig rig = rig(List.of(a.url(), b.url()), HEDGE, "50ms")) {
      assertThat(rig.hedged().text()).isEqualTo("data: hello\n\n");

      assertThat(rig.told).contains("a cancelled", "hedged alternative", "b ok");
      rig.assertNothingHeld();
    }
  }

  @Test
  void anAlternativeThatIsReadyAfterTheWinner() throws Exception {
    CompletableFuture<Void> mayAnswer = new CompletableFuture<>();
    try (ScriptedUpstream a =
            ScriptedUpstream.onRequest(
                (request, connection) -> {
                  mayAnswer.join();
                  connection.send(EVENTS + "data: hello\n\n");
                });
        ScriptedUpstream b = answering(OK);
        ExchangeRig rig = rig(List.of(a.url(), b.url()), HEDGE, "50ms")) {
      CompletableFuture<CompletableFuture<Void>> held = new CompletableFuture<>();
      rig.whilePlanning =
          provider -> {
            held.complete(rig.leases.hold()); // after the first one's lease
            return Optional.empty();
          };
      RecordedClient client = rig.hedged();
      CompletableFuture<Void> gate = held.join();
      await("the alternative asks the store").until(() -> gate.getNumberOfDependents() > 0);
      mayAnswer.complete(null);
      assertThat(client.text()).isEqualTo("data: hello\n\n");
      gate.complete(null);

      rig.assertNothingHeld();
      assertThat(b.accepted()).isZero();
    }
  }

  @Test
  void anAlternativeThatCannotBeMade() throws Exception {
    CompletableFuture<Void> mayAnswer = new CompletableFuture<>();
    try (ScriptedUpstream a =
            ScriptedUpstream.onRequest(
                (request, connection) -> {
                  mayAnswer.join();
                  connection.send(OK);
                });
        ExchangeRig rig = rig(List.of(a.url(), a.url()), HEDGE, "50ms")) {
      rig.whilePlanning = provider -> provider.equals("b") ? fault() : Optional.empty();
      RecordedClient client = rig.hedged();
      awaitTold(rig, "b local");
      mayAnswer.complete(null);

      assertThat(client.text()).isEqualTo("ok");
      rig.assertNothingHeld();
    }
  }

  private static Optional<Plan.Refused> fault() {
    throw new LinkageError("no");
  }

  @Test
  void anAttemptThatCannotBeMade() throws Exception {
    try (ExchangeRig rig = rig(List.of("http://127.0.0.1:1"))) {
      rig.whilePlanning = provider -> fault();
      RecordedClient client = rig.get();

      assertThat(client.status()).isEqualTo(503);
      assertThat(client.headers().values("Retry-After")).containsExactly("5");
      rig.assertNothingHeld();
    }
  }

  @Test
  void aChoiceThatFails() throws Exception {
    try (ExchangeRig rig = rig(List.of("http://127.0.0.1:1"))) {
      rig.session = Optional.of("s");
      rig.binding = session -> bindingFault();
      RecordedClient client = rig.get();

      assertThat(client.status()).isEqualTo(500);
      rig.assertNothingHeld();
    }
  }

  /** On a thread of the transport, where nobody waits for what comes of it. */
  @Test
  void aChoiceThatFailsAfterAnAttempt() throws Exception {
    try (ScriptedUpstream a = answering(status(503));
        ExchangeRig rig = rig(List.of(a.url()), "routes.r.retry.count", "0")) {
      rig.session = Optional.of("s");
      rig.whilePlanning =
          provider -> {
            rig.binding = session -> bindingFault();
            return Optional.empty();
          };
      RecordedClient client = rig.get();

      assertThat(client.status()).isEqualTo(500);
      assertThat(client.end()).isEqualTo("refused");
      rig.assertNothingHeld();
    }
  }

  @Test
  void anAttemptThatCannotBeWatched() throws Exception {
    Duration noTimer = Duration.ofSeconds(Long.MAX_VALUE);
    try (ScriptedUpstream a = answering(status(200));
        ExchangeRig rig = rig(List.of(a.url()))) {
      RecordedClient client = rig.begin("GET", Optional.empty(), new HedgeRules(noTimer, 1));

      assertThat(client.status()).isEqualTo(200);
      assertThat(client.end()).isEqualTo("end");
      rig.assertNothingHeld();
    }
  }

  private static Optional<String> bindingFault() {
    throw new LinkageError("no");
  }

  @Test
  void anAttemptThatMustNotBeMade() throws Exception {
    try (ExchangeRig rig = rig(List.of("http://127.0.0.1:1"))) {
      rig.whilePlanning =
          provider -> Optional.of(new Plan.Refused(Refusal.unavailable("account: no more")));
      RecordedClient client = rig.get();

      assertThat(client.status()).isEqualTo(503);
      rig.assertNothingHeld();
    }
  }

  @Test
  void theEndOfTheTransport() throws Exception {
    try (ScriptedUpstream a = stayingBehind(PART);
        ExchangeRig rig = rig(List.of(a.url()))) {
      RecordedClient client = rig.get();
      assertThat(client.status()).isEqualTo(200);
      rig.transport.close();

      assertThat(client.end()).isEqualTo("broken");
      rig.assertNothingHeld();
    }
  }
}
