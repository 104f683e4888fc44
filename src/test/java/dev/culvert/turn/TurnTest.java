package dev.culvert.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.sim.Action;
import dev.culvert.sim.Script;
import dev.culvert.sim.SimRequest;
import dev.culvert.sim.Stage;
import dev.culvert.turn.TurnRig.Caller;
import dev.culvert.turn.TurnRig.Running;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of turns when all goes well, and when connections, upstreams or clients do not. */
class TurnTest {

  private static final Caller ALICE = Caller.ALICE;
  private TurnRig rig;

  @BeforeEach
  void start() throws IOException {
    rig = new TurnRig();
  }

  @AfterEach
  void stop() throws IOException {
    rig.close();
  }

  @Test
  void turnsOfAConversationShareAConnection() throws Exception {
    for (int i = 0; i < 5; i++) {
      rig.completed(ALICE, "hello");
    }
    assertThat(rig.upstream.accepted()).isEqualTo(1);

    rig.completed(ALICE.with("d"), "hello");
    rig.completed(ALICE.with("e"), "hello");

    assertThat(rig.upstream.accepted()).isEqualTo(3);
  }

  @Test
  void withoutThePoolEachTurnHasItsOwn() throws Exception {
    rig.pool.change(settings -> settings.withEnabled(false));

    for (int i = 0; i < 3; i++) {
      assertThat(rig.completed(ALICE, "hello").decisions).containsExactly("bypass(disabled)");
    }

    assertThat(rig.upstream.accepted()).isEqualTo(3);
    Awaitility.await().until(() -> rig.upstream.live() == 0);
  }

  @Test
  void eventsPassInTheirOrderMetadataIncluded() throws Exception {
    rig.upstream.script(Script.RIGHT.withRateLimits());

    assertThat(rig.completed(ALICE, "hello").types())
        .containsExactly(
            "codex.rate_limits",
            "response.created",
            "response.in_progress",
            "response.output_item.added",
            "response.output_text.delta",
            "response.output_text.delta",
            "response.completed");
  }

  @Test
  void metadataIsHeldBackUntilSomethingShows() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    rig.upstream.script(Script.fault(Stage.METADATA, new Action.Wait(gate)).withRateLimits());
    Running running = rig.begin(ALICE, "", "hello");
    Awaitility.await().until(() -> rig.timers.isEmpty() && !running.client().decisions.isEmpty());
    assertThat(running.client().events).isEmpty();

    gate.countDown();

    assertThat(running.client().end()).isEqualTo(new TurnEnd.Completed("response.completed"));
    assertThat(running.client().types()).startsWith("codex.rate_limits", "response.created");
  }

  @ParameterizedTest
  @ValueSource(strings = {"response.completed", "response.failed", "response.incomplete", "error"})
  void everyTerminalFreesTheSlot(String terminal) throws Exception {
    rig.upstream.script(Script.ending(terminal));

    assertThat(rig.turn(ALICE, "hello").end()).isEqualTo(new TurnEnd.Completed(terminal));

    assertThat(rig.completed(ALICE, "hello").decision()).startsWith("reuse:");
  }

  @Test
  void upgradeHeadersAreTheFirstTurnsOnly() throws Exception {
    rig.upstream.upgradeFields("X-Turn-State: abc");

    assertThat(rig.completed(ALICE, "hello").headers.get(0)).containsKey("x-turn-state");
    assertThat(rig.completed(ALICE, "hello").headers.get(0)).isEmpty();
  }

  @Test
  void callersNeverShareAConnection() throws Exception {
    rig.completed(ALICE, "hello");
    rig.completed(ALICE.as("bob"), "hello");

    assertThat(rig.upstream.requests()).extracting(SimRequest::connection).containsExactly(1L, 2L);
  }

  @Test
  void aConnectionThatClosedWhileIdleIsReplaced() throws Exception {
    rig.completed(ALICE, "hello");
    rig.upstream.connections().get(0).close(1001);
    rig.awaitNoSockets();

    assertThat(rig.completed(ALICE, "hello").decisions)
        .singleElement()
        .asString()
        .startsWith("new:");
  }

  @Test
  void anEvictedAccountReconnects() throws Exception {
    rig.completed(ALICE, "hello");
    rig.pool.evict("acme");

    assertThat(rig.completed(ALICE, "hello").decision()).startsWith("new:");
    assertThat(rig.upstream.accepted()).isEqualTo(2);
  }

  @Test
  void anAccountEvictedDuringTheDialDiscardsWhatItBrings() throws Exception {
    CountDownLatch gate = rig.upstream.holdUpgrades();
    Running running = rig.begin(ALICE, "", "hello");
    Awaitility.await().until(() -> rig.upstream.live() == 1);

    assertThat(rig.pool.evict("acme")).isEqualTo(1);
    gate.countDown();

    assertThat(running.client().end()).isEqualTo(new TurnEnd.Completed("response.completed"));
    assertThat(running.client().decisions).containsExactly("bypass(dead)");
    Awaitility.await().until(() -> rig.upstream.live() == 0);
  }

  @Test
  void aClientThatGoesBeforeTheConnectionIsThereLeavesNothing() throws Exception {
    CountDownLatch gate = rig.upstream.holdUpgrades();
    Running running = rig.begin(ALICE, "", "hello");
    Awaitility.await().until(() -> rig.upstream.live() == 1);

    running.turn().abort();
    running.turn().abort();

    assertThat(running.client().end()).isEqualTo(new TurnEnd.Aborted());
    assertThat(rig.pool.sockets()).isEmpty();
    gate.countDown();
    Awaitility.await().until(() -> rig.upstream.live() == 0);
    assertThat(rig.upstream.requests()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"FRAME", "METADATA", "VISIBLE"})
  void aClientThatGoesInFlightTakesTheConnectionAlong(Stage stage) throws Exception {
    rig.upstream.script(Script.fault(stage, new Action.Stall()));
    Running running = rig.begin(ALICE, "", "hello");
    Awaitility.await()
        .until(
            () ->
                rig.upstream.requests().size() == 1
                    && (stage != Stage.VISIBLE || !running.client().events.isEmpty()));

    running.turn().abort();

    assertThat(running.client().end()).isEqualTo(new TurnEnd.Aborted());
    Awaitility.await().until(() -> rig.upstream.live() == 0);
    assertThat(rig.completed(ALICE, "hello").decision()).startsWith("new:");
  }

  @Test
  void aTurnThatIsOverCannotBeAborted() throws Exception {
    Running running = rig.begin(ALICE, "", "hello");
    TurnEnd end = running.client().end();

    running.turn().abort();

    assertThat(running.client().end()).isEqualTo(end);
    assertThat(rig.completed(ALICE, "hello").decision()).startsWith("reuse:");
  }

  @Test
  void aRequestThatNoUpstreamTakesIsNotSent() throws Exception {
    RecordedClient client = rig.turn(ALICE, "ö".repeat(TurnRequest.MAX_BYTES / 2));

    assertThat(client.end())
        .isInstanceOfSatisfying(
            TurnEnd.Refused.class, refused -> assertThat(refused.status()).isEqualTo(413));
    assertThat(client.decisions).isEmpty();
    assertThat(rig.upstream.accepted()).isZero();
  }
}
