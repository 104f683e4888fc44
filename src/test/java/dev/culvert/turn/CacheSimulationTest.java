package dev.culvert.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.host.pool.PoolSettings;
import dev.culvert.sim.SimulatedUpstream;
import dev.culvert.turn.TurnRig.Caller;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the pool is for: the upstream's cache lives where the connection goes. */
class CacheSimulationTest {

  private static final int BACKENDS = 8;
  private static final int CONVERSATIONS = 10;
  private static final int TURNS = 12;

  @Test
  void aConversationOnOneConnectionFindsItsCache() throws Exception {
    assertThat(hitRate(true)).isGreaterThanOrEqualTo(0.9);
  }

  @Test
  void oneThrownFromBackendToBackendDoesNot() throws Exception {
    assertThat(hitRate(false)).isLessThan(0.8);
  }

  private static double hitRate(boolean pooled) throws Exception {
    PoolSettings settings =
        PoolSettings.DEFAULTS.withEnabled(pooled).withMaxPerAccount(CONVERSATIONS);
    try (TurnRig rig =
        new TurnRig(settings, SimulatedUpstream.Settings.PLAIN.withBackends(BACKENDS))) {
      for (int conversation = 0; conversation < CONVERSATIONS; conversation++) {
        List<String> history = new ArrayList<>();
        history.add("conversation " + conversation + " " + "context ".repeat(500));
        Caller caller = Caller.ALICE.with("c" + conversation);
        for (int turn = 0; turn < TURNS; turn++) {
          history.add("turn " + turn + " " + "word ".repeat(20));
          rig.completed(caller, history.toArray(String[]::new));
        }
      }
      return rig.upstream.cache().hitRate();
    }
  }
}
