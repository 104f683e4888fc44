package dev.culvert.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.boundary.DialResult;
import dev.culvert.boundary.Fields;
import dev.culvert.host.HostRig.Opened;
import dev.culvert.host.dial.ScriptedServer;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Streams of earlier deployments count under the limits of the next one. */
class RouteLimitOverRedeployTest {

  private final HostRig rig = new HostRig();
  private final ScriptedServer a = rig.server();

  @AfterEach
  void end() throws Exception {
    rig.close();
  }

  @Test
  void aDetachedStreamTakesItsPlaceUnderTheLimitOfItsRouteUntilItEnds() throws Exception {
    long old = rig.deploy(a);
    Opened stream = rig.open(old, a, "detached", true);
    rig.host.undeploy(old);
    long next = rig.deploy(a);
    String refused = ScriptedServer.refused();

    assertThat(outcome(rig.dial(next, refused, 1))).isEqualTo(DialResult.LIMIT);
    stream.exchange();

    stream.client().endOutput();
    stream.upstream().endOutput();
    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(outcome(rig.dial(next, refused, 1)))
                    .isEqualTo(DialResult.CONNECT_FAILED));
  }

  private static String outcome(CompletableFuture<Map<String, Object>> dial) throws Exception {
    return Fields.to(DialResult.class, dial.get(10, TimeUnit.SECONDS)).outcome();
  }
}
