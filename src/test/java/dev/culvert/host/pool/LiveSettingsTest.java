package dev.culvert.host.pool;

import static dev.culvert.host.pool.PoolRig.atMost;
import static dev.culvert.host.pool.PoolRig.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.host.pool.PoolRig.Turn;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Settings that change while sockets are open. */
class LiveSettingsTest {

  @Test
  void aBusyOneThatALowerCapHasNoPlaceForEndsWithItsTurn() {
    PoolRig rig = new PoolRig();
    Turn one = rig.begin(key("one"));
    Turn other = rig.begin(key("other"));
    rig.pool.change(settings -> settings.withMaxPerAccount(1));

    one.lease().release("");
    other.lease().release("");

    assertThat(rig.ends).containsExactly("retired");
    assertThat(rig.states()).containsExactly("idle");
  }

  @Test
  void aDialUnderWayWhenThePoolIsSwitchedOffIsNoPooledOne() {
    PoolRig rig = new PoolRig();
    Turn turn = rig.ask(key("c"));
    rig.pool.change(settings -> settings.withEnabled(false));

    rig.last().open();
    rig.last().open();

    assertThat(turn.decision()).isEqualTo("bypass(disabled)");
  }

  @Test
  void whatALowerCapLeavesNoPlaceForEndsAtOnce() {
    PoolRig rig = new PoolRig();
    rig.turn(key("first"), "");
    rig.pass(Duration.ofSeconds(1));
    rig.turn(key("second"), "");
    rig.begin(key("busy"));

    rig.pool.change(settings -> settings.withMaxPerAccount(2));
    assertThat(rig.states()).containsExactly("idle", "busy");
    assertThat(rig.dials.get(0).isClosed()).isTrue();
    rig.pool.change(settings -> settings.withMaxPerAccount(1));
    assertThat(rig.states()).containsExactly("busy");

    assertThat(rig.ends).containsExactly("retired", "retired");
  }

  @Test
  void withoutAPoolIdleSocketsEndAtOnceAndBusyOnesWithTheirTurn() {
    PoolRig rig = new PoolRig();
    rig.turn(key("idle"), "");
    Turn turn = rig.begin(key("busy"));

    rig.pool.change(settings -> settings.withEnabled(false));
    assertThat(rig.states()).containsExactly("closing");
    turn.lease().release("");

    assertThat(rig.ends).containsExactly("evicted", "evicted");
  }

  @Test
  void aLowerCapIsOneOfAllCredentialsTogetherToo() {
    PoolRig rig = new PoolRig(atMost(2));
    for (int i = 0; i < 110; i++) {
      rig.turn(new PoolKey("p" + i, "e", "upstream:up#" + i, "c", "", "", ""), "");
    }
    assertThat(rig.states()).hasSize(110);

    rig.pool.change(settings -> settings.withMaxPerAccount(1));

    assertThat(rig.states()).hasSize(100);
    assertThat(rig.ends).hasSize(10).containsOnly("retired");
  }
}
