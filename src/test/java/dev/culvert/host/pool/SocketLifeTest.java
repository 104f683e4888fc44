package dev.culvert.host.pool;

import static dev.culvert.host.pool.PoolRig.atMost;
import static dev.culvert.host.pool.PoolRig.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.host.pool.PoolRig.FakeDialing;
import dev.culvert.host.pool.PoolRig.Turn;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What ends a socket, and who is told. */
class SocketLifeTest {

  @Test
  void messagesReachTheTurnInFlight() {
    PoolRig rig = new PoolRig();
    Turn turn = rig.begin(key("c"));

    rig.last().events.text("event");

    assertThat(turn.texts).containsExactly("event");
    assertThat(turn.losses).isEmpty();
  }

  @Test
  void whatArrivesOnAnIdleSocketKillsIt() {
    PoolRig rig = new PoolRig();
    rig.turn(key("c"), "");
    FakeDialing socket = rig.last();

    socket.events.text("late");

    assertThat(socket.isClosed()).isTrue();
    assertThat(rig.ends).containsExactly("unsolicited");
    assertThat(rig.turn(key("c"), "")).startsWith("new:");
  }

  @Test
  void soDoesWhatArrivesBeforeTheRequestIsWritten() {
    PoolRig rig = new PoolRig();
    rig.turn(key("c"), "");
    Turn turn = rig.ask(key("c"));

    rig.last().events.text("late");

    assertThat(turn.texts).isEmpty();
    assertThat(turn.losses)
        .extracting(SocketEnd::cause)
        .containsExactly(SocketEnd.Cause.UNSOLICITED);
    assertThat(turn.lease().send("request")).isFalse();
    assertThat(rig.last().sent).containsExactly("request");
  }

  @Test
  void aBinaryMessageIsAgainstTheProtocol() {
    PoolRig rig = new PoolRig();
    Turn turn = rig.begin(key("c"));

    rig.last().events.binary();

    assertThat(turn.losses).extracting(SocketEnd::cause).containsExactly(SocketEnd.Cause.PROTOCOL);
    assertThat(rig.last().isClosed()).isTrue();
  }

  @Test
  void aCloseOfTheUpstreamIsToldOnce() {
    PoolRig rig = new PoolRig();
    Turn turn = rig.begin(key("c"));

    rig.last().events.closed(1011, "oops");
    rig.last().events.closed(1006, "again");
    turn.lease().discard();
    turn.lease().release("r");

    assertThat(turn.losses).containsExactly(new SocketEnd(SocketEnd.Cause.CLOSED, 1011, "oops"));
    assertThat(rig.states()).isEmpty();
  }

  @Test
  void aFailedWriteEndsTheSocket() {
    PoolRig rig = new PoolRig();
    Turn turn = rig.ask(key("c"));
    rig.last().writing = CompletableFuture.failedFuture(new IOException("broken pipe"));
    rig.last().open();

    assertThat(turn.lease().send("request")).isTrue();

    assertThat(turn.losses).extracting(SocketEnd::detail).containsExactly("send: broken pipe");
    assertThat(rig.states()).isEmpty();
  }

  @Test
  void aTurnThatIsGivenUpTakesItsSocketAlong() {
    PoolRig rig = new PoolRig();
    Turn turn = rig.begin(key("c"));

    turn.lease().discard();

    assertThat(rig.last().isClosed()).isTrue();
    assertThat(turn.losses).isEmpty();
    assertThat(rig.ends).containsExactly("discarded");
    assertThat(rig.turn(key("c"), "")).startsWith("new:");
  }

  @Test
  void afterItsReleaseATurnHearsNothingAndCannotSend() {
    PoolRig rig = new PoolRig();
    Turn first = rig.begin(key("c"));
    first.lease().release("");
    Turn second = rig.begin(key("c"));

    first.lease().discard();
    first.lease().release("");
    rig.last().events.text("event");

    assertThat(first.texts).isEmpty();
    assertThat(second.texts).containsExactly("event");
    assertThat(first.lease().send("again")).isFalse();
    assertThat(rig.last().sent).hasSize(2);
  }

  @Test
  void theHousekeeperEndsAgedSocketsButThoseInFlight() {
    PoolRig rig = new PoolRig();
    rig.turn(key("idle"), "");
    rig.begin(key("busy"));
    rig.pass(PoolSettings.DEFAULTS.maxAge());
    rig.dials.forEach(socket -> socket.events.pong());
    assertThat(rig.states()).containsExactly("idle", "busy");

    rig.pool.housekeep();

    assertThat(rig.states()).containsExactly("busy");
    assertThat(rig.ends).containsExactly("max-age");
  }

  @Test
  void anEvictedAccountsIdleSocketsEndNowAndBusyOnesWithTheirTurn() {
    PoolRig rig = new PoolRig(atMost(2));
    rig.turn(key("idle"), "");
    Turn turn = rig.begin(key("busy"));
    rig.turn(key("alice", "other", "c"), "");
    FakeDialing idle = rig.dials.get(0);
    FakeDialing busy = rig.dials.get(1);

    assertThat(rig.pool.evict("acme")).isEqualTo(2);

    assertThat(idle.isClosed()).isTrue();
    assertThat(busy.isClosed()).isFalse();
    busy.events.text("goes on");
    assertThat(turn.texts).hasSize(1);
    assertThat(rig.turn(key("one"), "")).startsWith("new:");
    assertThat(rig.turn(key("two"), "")).startsWith("new:");
    turn.lease().release("r");
    assertThat(busy.isClosed()).isTrue();
    assertThat(rig.ends).containsExactly("evicted", "evicted");
    assertThat(rig.turn(key("alice", "other", "c"), "")).startsWith("reuse:");
  }

  @Test
  void aCredentialIsEvictedAloneOrWithItsGroup() {
    PoolRig rig = new PoolRig();
    rig.turn(key("ann", "callers#1", "c"), "");
    rig.turn(key("bob", "callers#2", "c"), "");
    rig.turn(key("eve", "callers#20", "c"), "");
    rig.turn(key("eve", "callers2", "d"), "");

    assertThat(rig.pool.evict("callers#2")).isEqualTo(1);
    assertThat(rig.pool.evict("callers")).isEqualTo(2);
    assertThat(rig.pool.evict("caller")).isZero();

    assertThat(rig.pool.sockets()).extracting(SocketView::account).containsExactly("callers2");
  }

  @Test
  void eachCredentialHasACapOfItsOwn() {
    PoolRig rig = new PoolRig(atMost(1));
    rig.turn(key("ann", "callers#1", "c"), "");
    rig.turn(key("bob", "callers#2", "c"), "");
    rig.turn(key("bob", "callers#2", "d"), "");

    assertThat(rig.turn(key("ann", "callers#1", "c"), "")).startsWith("reuse:");
    assertThat(rig.ends).containsExactly("retired");
  }

  @Test
  void manyCredentialsTakeNoMorePlacesThanAHundredDo() {
    PoolRig rig = new PoolRig(atMost(1));
    rig.turn(key("ann", "acme", "c"), "");
    for (int i = 1; i <= 100; i++) {
      rig.turn(key("caller" + i, "callers#" + i, "c"), "");
      rig.pass(Duration.ofMillis(1));
    }
    assertThat(rig.ends).isEmpty();

    assertThat(rig.turn(key("eve", "callers#one-more", "c"), "")).startsWith("new:");

    assertThat(rig.ends).containsExactly("retired");
    assertThat(rig.pool.sockets())
        .extracting(SocketView::account)
        .hasSize(101)
        .contains("acme")
        .doesNotContain("callers#1");
  }

  @Test
  void aDialUnderWayIsDiscardedWhenItsAccountWasEvicted() {
    PoolRig rig = new PoolRig(atMost(1));
    Turn turn = rig.ask(key("c"));
    FakeDialing evicted = rig.last();

    rig.pool.evict("acme");
    Turn next = rig.ask(key("other"));
    rig.last().open();
    assertThat(next.decision()).startsWith("new:");
    evicted.open();
    rig.last().open();

    assertThat(evicted.isClosed()).isTrue();
    assertThat(turn.decision()).isEqualTo("bypass(dead)");
    assertThat(rig.states()).containsExactly("busy", "busy");
  }

  @Test
  void aDialUnderWayIsDiscardedAtShutdown() {
    PoolRig rig = new PoolRig();
    Turn turn = rig.ask(key("c"));
    FakeDialing first = rig.last();

    rig.pool.shutdown();
    first.open();
    rig.last().open();

    assertThat(first.isClosed()).isTrue();
    assertThat(turn.decision()).isEqualTo("bypass(disabled)");
    turn.lease().release("");
    assertThat(rig.states()).isEmpty();
  }

  @Test
  void shutdownLetsTurnsFinish() {
    PoolRig rig = new PoolRig();
    Turn turn = rig.begin(key("busy"));
    rig.turn(key("idle"), "");

    rig.pool.shutdown();
    assertThat(rig.states()).containsExactly("closing");
    turn.lease().release("");

    assertThat(rig.dials).allMatch(FakeDialing::isClosed);
    assertThat(rig.ends).containsExactly("shutdown", "shutdown");
  }

  @Test
  void whoGivesUpBeforeTheDialIsDoneLeavesNoTrace() {
    PoolRig rig = new PoolRig(atMost(1));
    Turn turn = rig.ask(key("c"));
    FakeDialing dial = rig.last();

    turn.acquiring.cancel();
    turn.acquiring.cancel();

    assertThat(dial.cancelled).isTrue();
    assertThat(turn.acquiring.result()).isCancelled();
    assertThat(rig.states()).isEmpty();
    dial.open();
    assertThat(dial.isClosed()).isTrue();
    assertThat(rig.dials).hasSize(1);
    assertThat(rig.turn(key("other"), "")).startsWith("new:");
  }

  @Test
  void whoGivesUpWhenASlotWasGrantedDiscardsIt() {
    PoolRig rig = new PoolRig();
    Turn fresh = rig.ask(key("c"));
    rig.last().open();
    fresh.acquiring.cancel();
    assertThat(rig.last().isClosed()).isTrue();

    rig.turn(key("c"), "");
    rig.ask(key("c")).acquiring.cancel();

    assertThat(rig.last().isClosed()).isTrue();
    assertThat(rig.states()).isEmpty();
  }

  @Test
  void viewsTellAgeAndTurns() {
    PoolRig rig = new PoolRig();
    rig.turn(key("c"), "");
    rig.pass(Duration.ofSeconds(3));
    rig.begin(key("c"));

    SocketView view = rig.pool.sockets().get(0);

    assertThat(view.ageSeconds()).isEqualTo(3.0);
    assertThat(view.turns()).isEqualTo(2);
    assertThat(view.conversation()).isEqualTo("c");
    assertThat(view.state()).isEqualTo("busy");
  }

  @Test
  void viewsDoNotTellTheQuery() {
    PoolRig rig = new PoolRig();
    rig.begin(new PoolKey("ann", "wss://upstream/v1?api_key=secret", "acme", "c", "", "", ""));

    assertThat(rig.pool.sockets().get(0).endpoint()).isEqualTo("wss://upstream/v1");
  }
}
