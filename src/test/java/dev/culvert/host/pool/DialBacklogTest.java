package dev.culvert.host.pool;

import static dev.culvert.host.pool.PoolRig.atMost;
import static dev.culvert.host.pool.PoolRig.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.host.pool.PoolRig.Turn;
import org.junit.jupiter.api.Test;

/** A dial for which no thread was free in its time. */
class DialBacklogTest {

  @Test
  void isNobodysFaultAndDoesNotWaitOnceMore() {
    PoolRig rig = new PoolRig(atMost(1));
    Turn turn = rig.ask(key("c"));

    rig.last().socket.completeExceptionally(new DialBacklogException("dials: all threads busy"));

    assertThat(turn.acquisition())
        .isEqualTo(
            new Acquisition.Backlogged(
                new Decision.Bypass(Decision.Bypass.Reason.FACTORY_ERROR),
                "dials: all threads busy"));
    assertThat(rig.dials).hasSize(1);
    assertThat(rig.turn(key("other"), "")).startsWith("new:");
  }
}
