package dev.culvert.host.pool;

import static dev.culvert.host.pool.PoolRig.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.host.pool.PoolRig.FakeDialing;
import dev.culvert.host.pool.PoolRig.Turn;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sockets that show no life end. */
class LivenessTest {

  private static final Duration SILENCE = Duration.ofMillis(62_500);

  @Test
  void silenceKillsAnIdleSocketAndSettlesTheTurnInFlight() {
    PoolRig rig = new PoolRig();
    Turn turn = rig.begin(key("busy"));
    rig.turn(key("idle"), "");
    rig.pass(SILENCE.minusNanos(1));
    rig.pool.housekeep();
    assertThat(rig.states()).containsExactly("busy", "idle");

    rig.clock.incrementAndGet();
    rig.pool.housekeep();

    assertThat(turn.losses).extracting(SocketEnd::cause).containsExactly(SocketEnd.Cause.LIVENESS);
    assertThat(rig.dials).allMatch(FakeDialing::isClosed);
    assertThat(rig.ends).containsExactly("liveness", "liveness");
  }

  @Test
  void silenceSettlesATurnOnASocketOfItsOwn() {
    PoolRig rig = new PoolRig(PoolRig.disabled());
    Turn turn = rig.begin(key("c"));

    rig.pass(SILENCE);
    rig.pool.housekeep();

    assertThat(turn.losses).hasSize(1);
    assertThat(rig.states()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anyDataOrPongIsLife(boolean pong) {
    PoolRig rig = new PoolRig();
    rig.begin(key("c"));
    rig.pass(SILENCE.minusNanos(1));
    if (pong) {
      rig.last().events.pong();
    } else {
      rig.last().events.text("event");
    }
    rig.pass(SILENCE.minusNanos(1));

    rig.pool.housekeep();

    assertThat(rig.states()).containsExactly("busy");
  }

  @Test
  void silenceBeforeAShorterIntervalCountsForNothing() {
    PoolRig rig = new PoolRig();
    rig.turn(key("c"), "");
    rig.pass(Duration.ofSeconds(24));
    rig.pool.change(settings -> settings.withPingInterval(Duration.ofSeconds(2)));

    rig.pool.housekeep();
    assertThat(rig.last().pings).isEqualTo(1);
    rig.pass(Duration.ofSeconds(5).minusNanos(1));
    rig.pool.housekeep();
    assertThat(rig.states()).containsExactly("idle");
    rig.clock.incrementAndGet();
    rig.pool.housekeep();

    assertThat(rig.ends).containsExactly("liveness");
  }

  /** Pings go out once a second at most: their answers are no younger. */
  @Test
  void theShortestIntervalLeavesTimeForAnAnswer() {
    PoolRig rig = new PoolRig(PoolSettings.DEFAULTS.withPingInterval(Duration.ofMillis(1)));
    rig.turn(key("c"), "");

    rig.pass(Duration.ofMillis(2_499));
    rig.pool.housekeep();
    assertThat(rig.states()).containsExactly("idle");

    rig.pass(Duration.ofMillis(1));
    rig.pool.housekeep();
    assertThat(rig.ends).containsExactly("liveness");
  }

  @Test
  void pingsGoOutAtTheirInterval() {
    PoolRig rig = new PoolRig();
    rig.turn(key("idle"), "");
    rig.begin(key("busy"));
    Duration interval = PoolSettings.DEFAULTS.pingInterval();

    rig.pass(interval.minusNanos(1));
    rig.pool.housekeep();
    assertThat(rig.dials).allMatch(socket -> socket.pings == 0);
    rig.clock.incrementAndGet();
    rig.pool.housekeep();
    rig.pool.housekeep();
    assertThat(rig.dials).allMatch(socket -> socket.pings == 1);
    rig.pass(interval);
    rig.pool.housekeep();

    assertThat(rig.dials).allMatch(socket -> socket.pings == 2);
  }
}
