package dev.culvert.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.provider.Credential;
import dev.culvert.testkit.NoThreads;
import dev.culvert.turn.RoutedTurnRig.Try;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which upstreams a turn is tried at, and what its client gets in the end. */
class RoutedTurnTest extends RoutedTurns {

  @Test
  void whatTheUpstreamSaysIsTheClients() throws Exception {
    Try only = rig.begin();
    only.visible("hello");
    only.completed();

    assertThat(rig.client.types()).containsExactly("hello", "response.completed");
    assertThat(rig.client.end()).isEqualTo(new TurnEnd.Completed("response.completed"));
    assertThat(rig.attempts).containsExactly("a ok");
    assertThat(rig.leases()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"upstream_unreachable", "upstream_closed"})
  void anUpstreamThatNeverGotTheRequestIsLeftForAnother(String code) throws Exception {
    rig.begin().refused(502, code);
    Try second = rig.current();
    second.completed();

    assertThat(second.upstream()).isEqualTo("b");
    assertThat(rig.client.end()).isEqualTo(new TurnEnd.Completed("response.completed"));
    assertThat(rig.leases()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"stream_disconnected", "response_start_timeout"})
  void oneThatPerhapsGotItIsNot(String code) throws Exception {
    rig.begin().refused(502, code);

    assertThat(rig.client.end()).isEqualTo(TurnEnd.Refused.of(502, code, "d"));
    assertThat(rig.attempts).containsExactly("a reset");
    assertThat(rig.leases()).isEmpty();
  }

  @Test
  void anUpstreamThatSaysNothingForTooLongHoldsNoLeaseAnyMore() throws Exception {
    SpokenUpstreams upstreams = new SpokenUpstreams(rig::after);
    rig.upstreams = upstreams;
    rig.start();
    assertThat(rig.leases()).hasSize(1);
    rig.runTimer(StubSlot.RESPONSE_START);

    assertThat(((TurnEnd.Refused) rig.client.end()).status()).isEqualTo(504);
    assertThat(upstreams.discarded).containsExactly("a");
    assertThat(rig.leases()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"stream_disconnected", "response_start_timeout"})
  void unlessTheRequestIsReplayable(String code) throws Exception {
    rig.replayable = true;
    rig.begin().refused(502, code);

    assertThat(rig.current().upstream()).isEqualTo("b");
  }

  @ParameterizedTest
  @CsvSource({"500", "503", "429"})
  void anErrorOfTheUpstreamIsRetriedThereOnceAndThenElsewhere(int status) {
    rig.begin().refusedByUpstream(status);
    rig.runTimer(RoutedTurnRig.BACKOFF);
    Try again = rig.current();
    again.refusedByUpstream(status);

    assertThat(again.upstream()).isEqualTo("a");
    assertThat(rig.current().upstream()).isEqualTo("b");
  }

  @ParameterizedTest
  @CsvSource({"401", "402", "403"})
  void anUpstreamThatRefusesOurCredentialIsLeftAtOnce(int status) {
    rig.begin().refusedByUpstream(status);

    assertThat(rig.current().upstream()).isEqualTo("b");
  }

  @Test
  void aLimitOfTheCallersOwnIsTriedElsewhereAndNobodyElses() {
    rig.shown = Credential.CALLER;
    rig.begin().refusedByUpstream(429);

    assertThat(rig.current().upstream()).isEqualTo("b");
    assertThat(rig.attempts).containsExactly("a caller-limited");
  }

  @ParameterizedTest
  @CsvSource({"400", "404", "413"})
  void whatTheClientDidWrongIsWrongEverywhere(int status) throws Exception {
    rig.begin().refusedByUpstream(status);

    assertThat(((TurnEnd.Refused) rig.client.end()).status()).isEqualTo(status);
    assertThat(rig.tries).hasSize(1);
    assertThat(rig.leases()).isEmpty();
  }

  @Test
  void aRequestThatIsTooLargeIsSoEverywhere() throws Exception {
    rig.replayable = true;
    rig.begin().refused(413, TurnEnd.TOO_LARGE);

    assertThat(rig.attempts).containsExactly("a policy");
    assertThat(rig.tries).hasSize(1);
  }

  @Test
  void aContinuationGoesNowhereElse() throws Exception {
    rig.previousResponse = "r1";
    rig.begin().refused(502, "upstream_unreachable");

    assertThat(rig.client.end()).isEqualTo(TurnEnd.Refused.of(502, "upstream_unreachable", "d"));
    assertThat(rig.tries).hasSize(1);
  }

  @Test
  void aTurnThatCanOnlyBeContinuedAtOneUpstreamGoesThereOrNowhere() throws Exception {
    rig.previousResponse = "r1";
    rig.only = Optional.of("c");

    assertThat(rig.begin().upstream()).isEqualTo("c");
  }

  @Test
  void whenThatOneIsNotFreeTheClientIsToldToComeBack() throws Exception {
    rig.previousResponse = "r1";
    rig.only = Optional.of("c");
    rig.fill("c");
    rig.start();

    assertThat(((TurnEnd.Refused) rig.client.end()).status()).isEqualTo(503);
  }

  @Test
  void nothingIsTriedAgainOnceSomethingWasShown() throws Exception {
    rig.replayable = true;
    Try only = rig.begin();
    only.visible("hello");
    only.client().ended(new TurnEnd.Broken("gone"));

    assertThat(rig.client.end()).isEqualTo(new TurnEnd.Broken("gone"));
    assertThat(rig.tries).hasSize(1);
    assertThat(rig.attempts).containsExactly("a reset");
    assertThat(rig.leases()).isEmpty();
  }

  @Test
  void withNoUpstreamLeftTheClientGetsWhatTheLastOneSaid() throws Exception {
    rig.begin().refusedByUpstream(401);
    rig.current().refusedByUpstream(401);
    rig.current().refusedByUpstream(403);

    assertThat(((TurnEnd.Refused) rig.client.end()).status()).isEqualTo(403);
    assertThat(rig.tries).extracting(Try::upstream).containsExactly("a", "b", "c");
    assertThat(rig.leases()).isEmpty();
  }

  @Test
  void withNoneAtAllItGetsA503() throws Exception {
    List.of("a", "b", "c").forEach(rig.providers::disable);
    rig.start();

    TurnEnd.Refused refused = (TurnEnd.Refused) rig.client.end();
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.headers()).isEqualTo(Map.of("retry-after", List.of("5")));
    assertThat(refused.detail()).contains("a disabled", "b disabled", "c disabled");
  }

  @Test
  void aFullUpstreamIsPassedOver() {
    rig.fill("a");

    assertThat(rig.begin().upstream()).isEqualTo("b");
  }

  @Test
  void aCircuitIsProbedByTheFirstContentNotByTheWholeTurn() {
    rig.openCircuit("a");
    Try probe = rig.begin();
    assertThat(probe.upstream()).isEqualTo("a");
    probe.visible("hello");

    assertThat(rig.another().upstream()).isEqualTo("a");
  }

  @Test
  void anUpstreamWhoseLastWordIsAnErrorDoesNotKeepTheSession() throws Exception {
    rig.begin().failedTerminal("strange");

    assertThat(rig.client.types()).containsExactly("error");
    assertThat(rig.attempts).containsExactly("a client-error");
    assertThat(rig.bound).isEmpty();
  }

  @Test
  void oneThatServesDoes() {
    rig.begin().completed();

    assertThat(rig.bound).containsExactly("a");
  }

  @Test
  void aFaultWhereATryBeginsIsAnswered() throws Exception {
    rig.fault = new LinkageError("no");
    rig.start();

    assertThat(((TurnEnd.Refused) rig.client.end()).status()).isEqualTo(500);
    assertThat(rig.leases()).isEmpty();
  }

  @Test
  void withoutAThreadAChoiceThatComesLaterIsTakenWhereItComes() throws Exception {
    rig.executor = new NoThreads();
    CompletableFuture<Void> gate = rig.holdStore();
    rig.start();
    gate.complete(null);
    rig.current().completed();

    assertThat(rig.client.end()).isEqualTo(new TurnEnd.Completed("response.completed"));
    assertThat(rig.leases()).isEmpty();
  }

  @Test
  void whatCannotBeTriedAgainLaterIsAnswered() throws Exception {
    Try only = rig.begin();
    rig.timerFault = new LinkageError("no");
    only.refusedByUpstream(503);

    assertThat(((TurnEnd.Refused) rig.client.end()).status()).isEqualTo(503);
    assertThat(rig.leases()).isEmpty();
  }

  @Test
  void theCountNamesTheUpstreamThatAnswered() throws Exception {
    rig.begin().refused(502, "upstream_unreachable");
    rig.current().completed();
    TurnEnd unused = rig.client.end();

    assertThat(rig.books.lines)
        .contains("culvert_turns_total{route=chat, upstream=b, outcome=completed}");
  }
}
