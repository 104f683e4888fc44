package dev.culvert.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.provider.Credential;
import dev.culvert.provider.lease.StoreKind;
import dev.culvert.turn.RoutedTurnRig.Try;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A turn over several upstreams: {@code a} is preferred to {@code b}, and that to {@code c}. */
class RoutedTurnTest {

  private final RoutedTurnRig rig = new RoutedTurnRig(stores());

  StoreKind stores() {
    return StoreKind.MEMORY;
  }

  @AfterEach
  void close() {
    rig.close();
  }

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
  void aContinuationGoesNowhereElse() throws Exception {
    rig.previousResponse = "r1";
    rig.begin().refused(502, "upstream_unreachable");

    assertThat(rig.client.end()).isEqualTo(TurnEnd.Refused.of(502, "upstream_unreachable", "d"));
    assertThat(rig.tries).hasSize(1);
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
  void aClientThatLeavesEndsTheTry() throws Exception {
    Try only = rig.begin();
    rig.turn.abort();

    assertThat(only.aborted()).isTrue();
    assertThat(rig.client.end()).isEqualTo(new TurnEnd.Aborted());
    assertThat(rig.leases()).isEmpty();
  }

  @Test
  void alsoBetweenTwoTries() throws Exception {
    rig.begin().refusedByUpstream(503);
    rig.turn.abort();

    assertThat(rig.client.end()).isEqualTo(new TurnEnd.Aborted());
    assertThat(rig.timers).isEmpty();
    assertThat(rig.tries).hasSize(1);
    assertThat(rig.leases()).isEmpty();
  }

  @Test
  void alsoBeforeTheTurnBegins() throws Exception {
    rig.turn.abort();
    rig.start();

    assertThat(rig.client.end()).isEqualTo(new TurnEnd.Aborted());
    assertThat(rig.tries).isEmpty();
    assertThat(rig.leases()).isEmpty();
  }

  @Test
  void alsoWhileTheStoreIsAsked() throws Exception {
    CompletableFuture<Void> gate = rig.holdStore();
    rig.start();
    rig.turn.abort();
    gate.complete(null);

    assertThat(rig.client.end()).isEqualTo(new TurnEnd.Aborted());
    assertThat(rig.tries).isEmpty();
    assertThat(rig.leases()).isEmpty();
  }

  @Test
  void alsoBehindTheFirstContent() throws Exception {
    Try only = rig.begin();
    only.visible("hello");
    assertThat(rig.leases()).hasSize(1);
    rig.turn.abort();

    assertThat(only.aborted()).isTrue();
    assertThat(rig.client.end()).isEqualTo(new TurnEnd.Aborted());
    assertThat(rig.leases()).isEmpty();
  }

  @Test
  void oneThatIsCutOffIsTold() throws Exception {
    Try only = rig.begin();
    only.visible("hello");
    rig.turn.cutOff("bye");

    assertThat(rig.client.end()).isEqualTo(new TurnEnd.Broken("bye"));
    assertThat(rig.leases()).isEmpty();
  }

  @Test
  void oneThatIsCutOffBeforeItsFirstContentIsToo() throws Exception {
    Try only = rig.begin();
    rig.turn.cutOff("bye");

    assertThat(((TurnEnd.Refused) rig.client.end()).status()).isEqualTo(503);
    assertThat(only.aborted()).isTrue();
    assertThat(rig.leases()).isEmpty();
  }

  @Test
  void aFaultWhereATryBeginsIsAnswered() throws Exception {
    rig.fault = new LinkageError("no");
    rig.start();

    assertThat(((TurnEnd.Refused) rig.client.end()).status()).isEqualTo(500);
    assertThat(rig.leases()).isEmpty();
  }

  @Test
  void aSilentUpstreamIsJoinedByAnotherAndTheFirstContentWins() throws Exception {
    Try slow = rig.beginHedged();
    rig.runTimer(RoutedTurnRig.FIRST_BYTE);
    Try alternative = rig.current();
    alternative.visible("hello");
    slow.visible("late");
    alternative.completed();

    assertThat(alternative.upstream()).isEqualTo("b");
    assertThat(slow.aborted()).isTrue();
    assertThat(rig.client.types()).containsExactly("hello", "response.completed");
    assertThat(rig.hedges).containsExactly("alternative");
    assertThat(rig.attempts).containsExactlyInAnyOrder("a cancelled", "b ok");
    assertThat(rig.leases()).isEmpty();
  }

  @Test
  void theFirstOneMayWinLate() throws Exception {
    Try slow = rig.beginHedged();
    rig.runTimer(RoutedTurnRig.FIRST_BYTE);
    Try alternative = rig.current();
    slow.visible("late");
    slow.completed();

    assertThat(alternative.aborted()).isTrue();
    assertThat(rig.client.types()).containsExactly("late", "response.completed");
    assertThat(rig.hedges).containsExactly("primary");
    assertThat(rig.leases()).isEmpty();
  }

  @Test
  void oneOfThemMayFailWhileTheOtherGoesOn() throws Exception {
    Try slow = rig.beginHedged();
    rig.runTimer(RoutedTurnRig.FIRST_BYTE);
    slow.refusedByUpstream(400);
    rig.current().completed();

    assertThat(rig.client.end()).isEqualTo(new TurnEnd.Completed("response.completed"));
    assertThat(rig.tries).hasSize(2);
    assertThat(rig.leases()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"strange", "''"})
  void anErrorThatNoStatusStandsForWinsNoRace(String code) throws Exception {
    Try slow = rig.beginHedged();
    rig.runTimer(RoutedTurnRig.FIRST_BYTE);
    slow.failedTerminal(code);
    Try alternative = rig.current();
    assertThat(alternative.aborted()).isFalse();
    assertThat(rig.client.events).isEmpty();
    alternative.visible("hello");
    alternative.completed();

    assertThat(rig.client.types()).containsExactly("hello", "response.completed");
    assertThat(rig.hedges).containsExactly("alternative");
    assertThat(rig.attempts).containsExactly("a client-error", "b ok");
    assertThat(rig.bound).containsExactly("b");
    assertThat(rig.leases()).isEmpty();
  }

  @Test
  void whenAllFailThatErrorIsPassedOn() throws Exception {
    Try slow = rig.beginHedged();
    rig.runTimer(RoutedTurnRig.FIRST_BYTE);
    slow.failedTerminal("strange");
    rig.current().refused(502, TurnEnd.UNREACHABLE);

    assertThat(rig.client.events).extracting(Event::code).containsExactly("strange");
    assertThat(rig.client.end()).isEqualTo(new TurnEnd.Completed("error"));
    assertThat(rig.hedges).containsExactly("failed");
    assertThat(rig.books.lines)
        .contains("culvert_turns_total{route=chat, upstream=a, outcome=failed}");
    assertThat(rig.leases()).isEmpty();
  }

  @Test
  void anErrorBehindTheFirstContentIsTheWinners() throws Exception {
    Try slow = rig.beginHedged();
    rig.runTimer(RoutedTurnRig.FIRST_BYTE);
    slow.visible("hello");
    slow.failedTerminal("strange");

    assertThat(rig.client.types()).containsExactly("hello", "error");
    assertThat(rig.client.end()).isEqualTo(new TurnEnd.Completed("error"));
    assertThat(rig.hedges).containsExactly("primary");
  }

  @Test
  void aClientThatLeavesEndsAllOfThem() throws Exception {
    Try slow = rig.beginHedged();
    rig.runTimer(RoutedTurnRig.FIRST_BYTE);
    rig.turn.abort();

    assertThat(slow.aborted()).isTrue();
    assertThat(rig.current().aborted()).isTrue();
    assertThat(rig.client.end()).isEqualTo(new TurnEnd.Aborted());
    assertThat(rig.leases()).isEmpty();
  }

  @Test
  void aContinuationIsNotHedged() {
    rig.previousResponse = "r1";
    Try unused = rig.beginHedged();

    assertThat(rig.timers).isEmpty();
  }

  @Test
  void theCountNamesTheUpstreamThatAnswered() throws Exception {
    rig.begin().refused(502, "upstream_unreachable");
    rig.current().completed();
    TurnEnd unused = rig.client.end();

    assertThat(rig.books.lines)
        .contains("culvert_turns_total{route=chat, upstream=b, outcome=completed}");
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
  void aClientThatLeavesAsTheFirstContentComesLeavesNobodyBehind() throws Exception {
    Try slow = rig.beginHedged();
    rig.runTimer(RoutedTurnRig.FIRST_BYTE);
    slow.whenAborted = rig.turn::abort; // between the race and the first event
    rig.current().visible("hello");

    assertThat(rig.current().aborted()).isTrue();
    assertThat(rig.client.end()).isEqualTo(new TurnEnd.Aborted());
    assertThat(rig.client.events).isEmpty();
    assertThat(rig.leases()).isEmpty();
    assertThat(rig.bound).isEmpty();
  }

  @Test
  void whatIsWrongEverywhereStaysTheAnswerThoughAnotherFailsLater() throws Exception {
    Try slow = rig.beginHedged();
    rig.runTimer(RoutedTurnRig.FIRST_BYTE);
    slow.refusedByUpstream(400);
    rig.current().refusedByUpstream(401);

    assertThat(((TurnEnd.Refused) rig.client.end()).status()).isEqualTo(400);
    assertThat(rig.tries).hasSize(2);
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
  void aRequestThatIsTooLargeIsSoEverywhere() throws Exception {
    rig.replayable = true;
    rig.begin().refused(413, TurnEnd.TOO_LARGE);

    assertThat(rig.attempts).containsExactly("a policy");
    assertThat(rig.tries).hasSize(1);
  }
}
