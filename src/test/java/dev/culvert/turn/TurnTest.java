package dev.culvert.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.host.pool.PoolSettings;
import dev.culvert.sim.Action;
import dev.culvert.sim.Script;
import dev.culvert.sim.SimRequest;
import dev.culvert.sim.SimulatedUpstream;
import dev.culvert.sim.Stage;
import dev.culvert.turn.TurnRig.Caller;
import dev.culvert.turn.TurnRig.Running;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of turns when all goes well, and when connections, upstreams or clients do not. */
class TurnTest {

  private static final Caller ALICE = Caller.ALICE;
  private static final String LIMIT =
      "{\"type\":\"error\",\"status\":400,\"error\":{\"code\":"
          + "\"websocket_connection_limit_reached\"}}";

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

  @ParameterizedTest
  @EnumSource(Stage.class)
  void aFreshConnectionThatBreaksIsNotRetried(Stage stage) throws Exception {
    rig.upstream.script(Script.fault(stage, new Action.Drop()));

    RecordedClient client = rig.turn(ALICE.harmless(), "hello");

    switch (stage) {
      case FRAME, METADATA -> {
        assertThat(client.end())
            .isInstanceOfSatisfying(
                TurnEnd.Refused.class,
                refused -> {
                  assertThat(refused.status()).isEqualTo(502);
                  assertThat(refused.code()).isEqualTo("stream_disconnected");
                });
        assertThat(client.events).isEmpty();
      }
      case VISIBLE -> assertThat(client.end()).isEqualTo(new TurnEnd.Broken("closed"));
      case TERMINAL ->
          assertThat(client.end()).isEqualTo(new TurnEnd.Completed("response.completed"));
    }
    assertThat(rig.upstream.requests()).hasSize(1);
    rig.awaitNoSockets();
    assertThat(rig.completed(ALICE, "hello").decision()).startsWith("new:");
  }

  @ParameterizedTest
  @CsvSource({
    "FRAME,true,2",
    "FRAME,false,1",
    "METADATA,true,2",
    "METADATA,false,1",
    "VISIBLE,true,1",
    "TERMINAL,true,1"
  })
  void aReusedOneIsRetriedOnceWhenThatIsHarmlessAndNothingWasShown(
      Stage stage, boolean harmless, int requests) throws Exception {
    String socket = rig.completed(ALICE, "hello").decision().replace("new:", "");
    rig.upstream.script(Script.fault(stage, new Action.Close(1011)));
    Caller caller = harmless ? ALICE.harmless() : ALICE;

    RecordedClient client = rig.turn(caller, "hello");

    assertThat(rig.upstream.requests()).hasSize(1 + requests);
    if (requests == 2) {
      assertThat(client.decisions)
          .containsExactly("reuse:" + socket, "retry-after-stale-reuse:" + socket);
      assertThat(client.end()).isEqualTo(new TurnEnd.Completed("response.completed"));
      assertThat(client.types()).containsOnlyOnce("response.created");
    } else if (stage == Stage.VISIBLE) {
      assertThat(client.end()).isInstanceOf(TurnEnd.Broken.class);
    } else if (stage == Stage.TERMINAL) {
      assertThat(client.end()).isEqualTo(new TurnEnd.Completed("response.completed"));
    } else {
      assertThat(client.end()).isInstanceOf(TurnEnd.Refused.class);
    }
  }

  @Test
  void theRetryIsTheLastOne() throws Exception {
    rig.completed(ALICE, "hello");
    Script drop = Script.fault(Stage.FRAME, new Action.Drop());
    rig.upstream.script(drop, drop);

    RecordedClient client = rig.turn(ALICE.harmless(), "hello");

    assertThat(client.end()).isInstanceOf(TurnEnd.Refused.class);
    assertThat(client.decisions).hasSize(2);
    assertThat(rig.upstream.requests()).hasSize(3);
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
  void silenceBeforeTheFirstEventEndsTheTurn() throws Exception {
    rig.upstream.script(Script.fault(Stage.FRAME, new Action.Stall()));
    Running running = rig.begin(ALICE.harmless(), "", "hello");
    Awaitility.await().until(() -> rig.timers.size() == 1);

    rig.timers.get(0).run();

    assertThat(running.client().end())
        .isInstanceOfSatisfying(
            TurnEnd.Refused.class, refused -> assertThat(refused.status()).isEqualTo(504));
    rig.awaitNoSockets();
  }

  @Test
  void silenceOnAReusedConnectionIsRetriedWhenThatIsHarmless() throws Exception {
    rig.completed(ALICE, "hello");
    rig.upstream.script(Script.fault(Stage.FRAME, new Action.Stall()));
    Running running = rig.begin(ALICE.harmless(), "", "hello");
    Awaitility.await().until(() -> rig.timers.size() == 1);

    rig.timers.get(0).run();

    assertThat(running.client().end()).isEqualTo(new TurnEnd.Completed("response.completed"));
    assertThat(running.client().decision()).startsWith("retry-after-stale-reuse:");
    rig.awaitNoSockets();
  }

  @Test
  void aDeadConnectionSettlesTheTurnInFlight() throws Exception {
    rig.upstream.script(Script.fault(Stage.VISIBLE, new Action.Stall()));
    Running running = rig.begin(ALICE, "", "hello");
    Awaitility.await().until(() -> !running.client().events.isEmpty());

    rig.pass(Duration.ofSeconds(63));
    rig.pool.housekeep();

    assertThat(running.client().end()).isEqualTo(new TurnEnd.Broken("liveness"));
    rig.awaitNoSockets();
  }

  @Test
  void pongsKeepATurnAlive() throws Exception {
    rig.upstream.script(Script.fault(Stage.FRAME, new Action.Stall()));
    Running running = rig.begin(ALICE, "", "hello");
    Awaitility.await().until(() -> rig.upstream.requests().size() == 1);

    rig.pass(Duration.ofSeconds(25));
    rig.pool.housekeep();
    Awaitility.await().until(() -> rig.upstream.connections().get(0).pings() == 1);

    assertThat(running.client().hasEnded()).isFalse();
    running.turn().abort();
  }

  @ParameterizedTest
  @ValueSource(strings = {"binary", "not json", "[]"})
  void whatIsNoEventIsAFault(String message) throws Exception {
    Action action = message.equals("binary") ? new Action.Binary() : new Action.Text(message);
    rig.upstream.script(Script.fault(Stage.VISIBLE, action));

    assertThat(rig.turn(ALICE, "hello").end()).isInstanceOf(TurnEnd.Broken.class);
    rig.awaitNoSockets();
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
  void anAgedConnectionIsReplacedAndTheTurnAskedAgain() throws Exception {
    rig.completed(ALICE, "hello");
    rig.upstream.script(Script.only(LIMIT));

    RecordedClient client = rig.turn(ALICE, "hello");

    assertThat(client.end()).isEqualTo(new TurnEnd.Completed("response.completed"));
    assertThat(client.decisions.get(0)).startsWith("reuse:");
    assertThat(client.decisions.get(1)).startsWith("new:");
    assertThat(rig.upstream.accepted()).isEqualTo(2);
  }

  @Test
  void butOnlyOnce() throws Exception {
    rig.upstream.script(Script.only(LIMIT), Script.only(LIMIT));

    assertThat(rig.turn(ALICE, "hello").end())
        .isInstanceOfSatisfying(
            TurnEnd.Refused.class, refused -> assertThat(refused.status()).isEqualTo(503));
    rig.awaitNoSockets();
  }

  @Test
  void theLimitOfARealConnectionIsHandledTheSameWay() throws Exception {
    AtomicLong clock = new AtomicLong();
    rig.close();
    rig =
        new TurnRig(
            PoolSettings.DEFAULTS,
            new SimulatedUpstream.Settings(1, Duration.ofMinutes(60), clock::get));
    rig.completed(ALICE, "hello");
    clock.set(Duration.ofMinutes(61).toNanos());

    assertThat(rig.completed(ALICE, "hello").decisions).hasSize(2);
  }

  @Test
  void aRefusedUpgradeIsItsStatus() throws Exception {
    rig.upstream.refuse(429, "Retry-After: 7");

    RecordedClient client = rig.turn(ALICE, "hello");

    assertThat(client.decisions).containsExactly("rejected:429");
    assertThat(client.end())
        .isInstanceOfSatisfying(
            TurnEnd.Refused.class,
            refused -> {
              assertThat(refused.status()).isEqualTo(429);
              assertThat(refused.headers()).containsEntry("retry-after", List.of("7"));
            });
    assertThat(rig.upstream.accepted()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 302, 399, 600})
  void anUpgradeThatIsRefusedWithoutAnErrorIsABadGateway(int status) throws Exception {
    rig.upstream.refuse(status, "Location: ws://elsewhere/");

    RecordedClient client = rig.turn(ALICE, "hello");

    assertThat(client.decisions).containsExactly("rejected:" + status);
    assertThat(client.end())
        .isInstanceOfSatisfying(
            TurnEnd.Refused.class,
            refused -> {
              assertThat(refused.status()).isEqualTo(502);
              assertThat(refused.code()).isEqualTo("upstream_refused");
              assertThat(refused.detail()).contains(Integer.toString(status));
            });
  }

  @Test
  void anUpstreamThatIsNotThereIsABadGateway() throws Exception {
    rig.upstream.close();

    RecordedClient client = rig.turn(ALICE, "hello");

    assertThat(client.decisions).containsExactly("bypass(factory-error)");
    assertThat(client.end())
        .isInstanceOfSatisfying(
            TurnEnd.Refused.class, refused -> assertThat(refused.status()).isEqualTo(502));
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
