package dev.culvert.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.host.pool.PoolSettings;
import dev.culvert.sim.Action;
import dev.culvert.sim.Script;
import dev.culvert.sim.SimulatedUpstream;
import dev.culvert.sim.Stage;
import dev.culvert.turn.TurnRig.Caller;
import dev.culvert.turn.TurnRig.Running;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that break, fall silent, are refused or aged, and what a turn makes of it. */
class TurnConnectionTest {

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
}
