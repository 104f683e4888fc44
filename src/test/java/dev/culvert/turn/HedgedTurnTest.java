package dev.culvert.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.NoThreads;
import dev.culvert.turn.RoutedTurnRig.Try;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A turn that goes to another upstream as well when the first one is silent. */
class HedgedTurnTest extends RoutedTurns {

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

  @Test
  void whatIsWrongEverywhereStaysTheAnswerThoughAnotherFailsLater() throws Exception {
    Try slow = rig.beginHedged();
    rig.runTimer(RoutedTurnRig.FIRST_BYTE);
    slow.refusedByUpstream(400);
    rig.current().refusedByUpstream(401);

    assertThat(((TurnEnd.Refused) rig.client.end()).status()).isEqualTo(400);
    assertThat(rig.tries).hasSize(2);
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
  void anErrorAfterTheFirstContentIsTheWinners() throws Exception {
    Try slow = rig.beginHedged();
    rig.runTimer(RoutedTurnRig.FIRST_BYTE);
    slow.visible("hello");
    slow.failedTerminal("strange");

    assertThat(rig.client.types()).containsExactly("hello", "error");
    assertThat(rig.client.end()).isEqualTo(new TurnEnd.Completed("error"));
    assertThat(rig.hedges).containsExactly("primary");
  }

  @Test
  void metadataWinsNoRaceAndDelaysNoAlternative() throws Exception {
    SpokenUpstreams upstreams = new SpokenUpstreams(rig::after);
    rig.upstreams = upstreams;
    rig.startHedged();
    upstreams.say("a", "response.created");
    rig.runTimer(RoutedTurnRig.FIRST_BYTE);
    upstreams.say("a", "response.in_progress");
    upstreams.say("b", "response.created");
    assertThat(rig.client.events).isEmpty();
    assertThat(rig.leases()).hasSize(2);

    upstreams.say("b", "response.output_text.delta");
    assertThat(upstreams.discarded).containsExactly("a");
    assertThat(rig.leases()).hasSize(1);
    upstreams.say("b", "response.completed");

    assertThat(rig.client.types())
        .containsExactly("response.created", "response.output_text.delta", "response.completed");
    assertThat(rig.hedges).containsExactly("alternative");
    assertThat(rig.attempts).containsExactly("a cancelled", "b ok");
    assertThat(rig.leases()).isEmpty();
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
  void withoutAThreadAnAlternativeThatComesLaterIsTakenWhereItComes() {
    rig.executor = new NoThreads();
    Try slow = rig.beginHedged();
    CompletableFuture<Void> gate = rig.holdStore();
    rig.runTimer(RoutedTurnRig.FIRST_BYTE);
    gate.complete(null);
    rig.current().completed();

    assertThat(slow.aborted()).isTrue();
    assertThat(rig.hedges).containsExactly("alternative");
    assertThat(rig.leases()).isEmpty();
  }

  @Test
  void aContinuationIsNotHedged() {
    rig.previousResponse = "r1";
    Try unused = rig.beginHedged();

    assertThat(rig.timers).isEmpty();
  }
}
