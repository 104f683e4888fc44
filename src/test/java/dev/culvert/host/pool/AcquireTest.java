package dev.culvert.host.pool;

import static dev.culvert.host.pool.PoolRig.atMost;
import static dev.culvert.host.pool.PoolRig.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.host.pool.PoolRig.FakeDialing;
import dev.culvert.host.pool.PoolRig.Turn;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rows of the order in which a slot is found, from the first to the last. */
class AcquireTest {

  @Test
  void theFirstTurnOpensASocketAndTheNextOnesReuseIt() {
    PoolRig rig = new PoolRig();

    String first = rig.turn(key("c"), "r1");
    String second = rig.turn(key("c"), "r2");

    assertThat(first).matches("new:[0-9a-f]{8}");
    assertThat(second).isEqualTo(first.replace("new", "reuse"));
    assertThat(rig.dials).hasSize(1);
    assertThat(rig.last().sent).containsExactly("request", "request");
    assertThat(rig.decisions).containsExactly("new", "reuse");
  }

  @Test
  void aDisabledPoolOpensOneSocketForEachTurn() {
    PoolRig rig = new PoolRig(PoolRig.disabled());

    assertThat(rig.turn(key("c"), "r1")).isEqualTo("bypass(disabled)");
    assertThat(rig.turn(key("c"), "r2")).isEqualTo("bypass(disabled)");

    assertThat(rig.dials).hasSize(2).allMatch(FakeDialing::isClosed);
    assertThat(rig.states()).isEmpty();
  }

  @Test
  void aPoolThatIsShutDownDoesSoToo() {
    PoolRig rig = new PoolRig();
    rig.pool.shutdown();

    assertThat(rig.turn(key("c"), "")).isEqualTo("bypass(disabled)");
  }

  @ParameterizedTest
  @CsvSource({"'',c", "acme,''", "'',''"})
  void withoutAccountOrConversationNothingIsPooled(String account, String conversation) {
    PoolRig rig = new PoolRig();

    assertThat(rig.turn(key("alice", account, conversation), "")).isEqualTo("bypass(no-key)");
    assertThat(rig.states()).isEmpty();
  }

  @Test
  void everyPartOfTheKeySeparates() {
    PoolRig rig = new PoolRig(atMost(100));
    PoolKey base = new PoolKey("p", "e", "a", "c", "l", "v", "u");
    List<PoolKey> keys =
        List.of(
            base,
            new PoolKey("P", "e", "a", "c", "l", "v", "u"),
            new PoolKey("p", "E", "a", "c", "l", "v", "u"),
            new PoolKey("p", "e", "A", "c", "l", "v", "u"),
            new PoolKey("p", "e", "a", "C", "l", "v", "u"),
            new PoolKey("p", "e", "a", "c", "l", "V", "u"),
            new PoolKey("p", "e", "a", "c", "L", "v", "u"),
            new PoolKey("p", "e", "a", "c", "l", "v", "U"));

    keys.forEach(each -> rig.turn(each, ""));

    assertThat(rig.dials).hasSize(keys.size());
  }

  /** Two tokens of one user may be in use side by side. */
  @Test
  void anotherAccountLeavesTheConnectionOfAConversation() {
    PoolRig rig = new PoolRig();
    rig.turn(new PoolKey("p", "e", "a", "c", "l", "v", "u"), "");
    rig.turn(new PoolKey("p", "e", "A", "c", "l", "v", "U"), "");

    assertThat(rig.states()).containsExactly("idle", "idle");
  }

  @Test
  void whatWasOpenedOtherwiseForAConversationEndsWhenThatIsOpenedAnew() {
    PoolRig rig = new PoolRig();
    rig.turn(new PoolKey("p", "e", "a", "c", "l", "v", "u"), "");
    rig.turn(new PoolKey("p", "e", "a", "other", "l", "v", "u"), "");
    rig.turn(new PoolKey("p", "e", "a", "c", "other", "v", "u"), "");
    Turn busy = rig.begin(new PoolKey("p", "e", "a", "c", "l", "w", "u"));

    rig.turn(new PoolKey("p", "e", "a", "c", "l", "v", "U"), "");
    rig.turn(new PoolKey("p", "e", "a", "c", "l", "w", "U"), "");

    assertThat(rig.ends).containsExactly("superseded");
    assertThat(rig.states()).containsExactly("idle", "idle", "closing", "idle", "idle");
    busy.lease().release("");
    assertThat(rig.ends).containsExactly("superseded", "superseded");
  }

  @Test
  void anAgedSocketIsClosedAndReplaced() {
    PoolRig rig = new PoolRig();
    rig.turn(key("c"), "");
    FakeDialing old = rig.last();

    rig.pass(PoolSettings.DEFAULTS.maxAge().minusNanos(1));
    assertThat(rig.turn(key("c"), "")).startsWith("reuse:");
    rig.clock.incrementAndGet();
    assertThat(rig.turn(key("c"), "")).startsWith("new:");

    assertThat(old.isClosed()).isTrue();
    assertThat(rig.ends).containsExactly("max-age");
  }

  @Test
  void anAgedSocketInFlightIsReplacedAndEndsWithItsTurn() {
    PoolRig rig = new PoolRig();
    Turn late = rig.begin(key("c"));
    FakeDialing old = rig.last();
    rig.pass(PoolSettings.DEFAULTS.maxAge());

    assertThat(rig.turn(key("c"), "")).startsWith("new:");
    assertThat(old.isClosed()).isFalse();
    late.lease().release("r");

    assertThat(old.isClosed()).isTrue();
    assertThat(rig.turn(key("c"), "")).startsWith("reuse:");
  }

  @Test
  void aDeadSocketIsReplaced() {
    PoolRig rig = new PoolRig();
    rig.turn(key("c"), "");
    rig.last().events.closed(1001, "going away");

    assertThat(rig.turn(key("c"), "")).startsWith("new:");
    assertThat(rig.ends).containsExactly("closed");
  }

  @Test
  void aBusySocketIsNotWaitedFor() {
    PoolRig rig = new PoolRig();
    Turn first = rig.begin(key("c"));
    FakeDialing pooled = rig.last();

    assertThat(rig.turn(key("c"), "")).isEqualTo("bypass(busy)");
    assertThat(rig.last().isClosed()).isTrue();
    first.lease().release("");

    assertThat(pooled.isClosed()).isFalse();
    assertThat(rig.turn(key("c"), "")).startsWith("reuse:");
  }

  @Test
  void dialsUnderWayCountUnderTheCap() {
    PoolRig rig = new PoolRig(atMost(2));
    Turn one = rig.ask(key("one"));
    Turn two = rig.ask(key("two"));
    Turn three = rig.ask(key("three"));
    rig.dials.forEach(FakeDialing::open);

    assertThat(one.decision()).startsWith("new:");
    assertThat(two.decision()).startsWith("new:");
    assertThat(three.decision()).isEqualTo("bypass(cap)");
  }

  @Test
  void theCapIsTheAccountsOwn() {
    PoolRig rig = new PoolRig(atMost(1));
    rig.begin(key("alice", "acme", "c"));

    assertThat(rig.turn(key("alice", "other", "c"), "")).startsWith("new:");
  }

  @Test
  void theSocketThatWasIdleForLongestMakesRoom() {
    PoolRig rig = new PoolRig(atMost(2));
    rig.turn(key("one"), "");
    rig.pass(Duration.ofSeconds(1));
    rig.turn(key("two"), "");
    rig.pass(Duration.ofSeconds(1));
    rig.turn(key("one"), "");

    assertThat(rig.turn(key("three"), "")).startsWith("new:");

    assertThat(rig.dials.get(1).isClosed()).isTrue();
    assertThat(rig.ends).containsExactly("retired");
    assertThat(rig.turn(key("one"), "")).startsWith("reuse:");
  }

  @Test
  void aSocketOfOneTurnNeverMakesRoomForItself() {
    PoolRig rig = new PoolRig(atMost(1));
    Turn busy = rig.begin(key("one"));

    rig.turn(key("one"), "");
    rig.turn(key("two"), "");

    assertThat(rig.decisions).containsExactly("new", "bypass(busy)", "bypass(cap)");
    busy.lease().release("");
    assertThat(rig.turn(key("one"), "")).startsWith("reuse:");
  }

  @Test
  void aFailedDialGivesItsPlaceBackAndTheTurnGetsAnotherTry() {
    PoolRig rig = new PoolRig(atMost(1));
    Turn turn = rig.ask(key("one"));

    rig.last().fail();
    rig.last().open();

    assertThat(turn.decision()).isEqualTo("bypass(factory-error)");
    assertThat(turn.lease().send("request")).isTrue();
    turn.lease().release("");
    assertThat(rig.turn(key("two"), "")).startsWith("new:");
    assertThat(rig.ends).isEmpty();
  }

  @Test
  void whenNothingCanBeDialledTheTurnFails() {
    PoolRig rig = new PoolRig();
    Turn turn = rig.ask(key("c"));

    rig.last().fail();
    rig.last().fail();

    assertThat(turn.acquisition())
        .isEqualTo(
            new Acquisition.Failed(
                new Decision.Bypass(Decision.Bypass.Reason.FACTORY_ERROR), "refused"));
    assertThat(rig.dials).hasSize(2);
    assertThat(rig.states()).isEmpty();
  }

  @Test
  void aStatusIsTheUpstreamsAnswerAndNoFaultOfThePool() {
    PoolRig rig = new PoolRig(atMost(1));
    Turn turn = rig.ask(key("c"));

    rig.last()
        .socket
        .completeExceptionally(
            new UpgradeRefusedException(429, Map.of("retry-after", List.of("7"))));

    assertThat(turn.acquisition())
        .isEqualTo(
            new Acquisition.Rejected(
                new Decision.Rejected(429), Map.of("retry-after", List.of("7"))));
    assertThat(rig.dials).hasSize(1);
    assertThat(rig.decisions).containsExactly("rejected");
    assertThat(rig.turn(key("other"), "")).startsWith("new:");
  }

  @Test
  void aDialerThatThrowsIsAFailedDial() {
    PoolRig rig = new PoolRig();
    rig.dialerFault = new IllegalStateException("no threads");

    Turn turn = rig.ask(key("c"));

    assertThat(turn.acquisition())
        .isEqualTo(
            new Acquisition.Failed(
                new Decision.Bypass(Decision.Bypass.Reason.FACTORY_ERROR), "no threads"));
    assertThat(rig.states()).isEmpty();
  }

  @Test
  void anErrorOfTheDialerGivesThePlaceBack() {
    PoolRig rig = new PoolRig(atMost(1));
    rig.dialerFault = new InternalError("no threads");

    Turn turn = rig.ask(key("one"));

    assertThat(turn.acquisition())
        .isEqualTo(
            new Acquisition.Failed(
                new Decision.Bypass(Decision.Bypass.Reason.FACTORY_ERROR), "no threads"));
    assertThat(rig.states()).isEmpty();
    rig.dialerFault = null;
    assertThat(rig.turn(key("two"), "")).startsWith("new:");
  }

  @Test
  void theLoserOfARaceIsClosedAndTakesTheWinnersPlace() {
    PoolRig rig = new PoolRig();
    Turn loser = rig.ask(key("c"));
    Turn winner = rig.ask(key("c"));
    FakeDialing slow = rig.dials.get(0);
    rig.dials.get(1).open();
    assertThat(winner.decision()).startsWith("new:");
    winner.lease().release("");

    slow.open();

    assertThat(loser.decision()).isEqualTo(winner.decision().replace("new", "reuse"));
    assertThat(slow.isClosed()).isTrue();
    loser.lease().release("");
    assertThat(rig.turn(key("c"), "")).isEqualTo(loser.decision());
    assertThat(rig.states()).containsExactly("idle");
  }

  @Test
  void theLoserOfARaceGoesAloneWhileTheWinnerIsBusy() {
    PoolRig rig = new PoolRig();
    Turn loser = rig.ask(key("c"));
    Turn winner = rig.ask(key("c"));
    FakeDialing slow = rig.dials.get(0);
    rig.dials.get(1).open();

    slow.open();
    slow.events.closed(1000, "");
    rig.last().open();

    assertThat(loser.decision()).isEqualTo("bypass(busy)");
    loser.lease().release("");
    winner.lease().release("");
    assertThat(rig.turn(key("c"), "")).isEqualTo(winner.decision().replace("new", "reuse"));
  }

  @Test
  void aSocketThatIsDeadAsItOpensIsNotUsed() {
    PoolRig rig = new PoolRig();
    Turn turn = rig.ask(key("c"));
    FakeDialing stillborn = rig.last();

    stillborn.events.closed(1006, "");
    stillborn.open();
    rig.last().open();

    assertThat(turn.decision()).isEqualTo("bypass(dead)");
    assertThat(stillborn.isClosed()).isTrue();
  }

  @Test
  void aSocketOfOneTurnThatIsDeadAsItOpensIsAFault() {
    PoolRig rig = new PoolRig(PoolRig.disabled());
    Turn turn = rig.ask(key("c"));

    rig.last().events.closed(1006, "");
    rig.last().open();

    assertThat(turn.acquisition()).isInstanceOf(Acquisition.Failed.class);
    assertThat(turn.decision()).isEqualTo("bypass(disabled)");
  }

  @Test
  void upgradeHeadersBelongToTheFirstTurnOnly() {
    PoolRig rig = new PoolRig();
    Turn first = rig.begin(key("c"));
    assertThat(first.lease().upgradeHeaders()).containsEntry("x-turn", List.of("one"));
    first.lease().release("");

    assertThat(rig.begin(key("c")).lease().upgradeHeaders()).isEmpty();
    assertThat(rig.begin(key("c")).decision()).isEqualTo("bypass(busy)");
    assertThat(rig.begin(key("c")).lease().upgradeHeaders()).isNotEmpty();
  }

  @Test
  void aRetryOnASocketOfItsOwnSaysWhatItIs() {
    PoolRig rig = new PoolRig();
    Turn turn = new Turn();
    turn.acquiring =
        rig.pool.acquireAlone(
            key("c"), PoolRig.TARGET, new Decision.RetryAfterStaleReuse("0badcafe"), turn);
    rig.last().open();

    assertThat(turn.decision()).isEqualTo("retry-after-stale-reuse:0badcafe");
    assertThat(rig.decisions).containsExactly("retry-after-stale-reuse");
  }

  @Test
  void settingsAreLive() {
    PoolRig rig = new PoolRig(atMost(1));
    rig.turn(key("one"), "");
    rig.pool.change(before -> atMost(2));
    rig.turn(key("two"), "");
    assertThat(rig.states()).hasSize(2);

    rig.pool.change(before -> atMost(1));
    rig.turn(key("three"), "");

    assertThat(rig.states()).hasSize(1);
  }
}
