package dev.culvert.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.sim.Action;
import dev.culvert.sim.Script;
import dev.culvert.sim.Stage;
import dev.culvert.turn.TurnRig.Caller;
import dev.culvert.turn.TurnRig.Running;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Turns that name the response they continue. */
class ContinuedTurnTest {

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
  void aContinuationStaysOnItsOwner() throws Exception {
    rig.completed(ALICE, "hello");

    RecordedClient client = rig.begin(ALICE.with("other"), "resp_1_1", "go on").client();

    assertThat(client.end()).isEqualTo(new TurnEnd.Completed("response.completed"));
    assertThat(client.decision()).startsWith("reuse:");
    assertThat(rig.upstream.accepted()).isEqualTo(1);
  }

  @Test
  void anOldResponseIsNotFound() throws Exception {
    rig.completed(ALICE, "hello");
    rig.completed(ALICE, "hello");

    assertRefused("resp_1_1", ALICE, 400, "refused(missing-owner)");
  }

  @Test
  void norIsAnotherCallers() throws Exception {
    rig.completed(ALICE, "hello");

    assertRefused("resp_1_1", ALICE.as("mallory"), 400, "refused(missing-owner)");
  }

  @Test
  void norIsOneWhoseConnectionHasEnded() throws Exception {
    rig.completed(ALICE, "hello");
    rig.upstream.connections().get(0).close(1001);
    rig.awaitNoSockets();

    assertRefused("resp_1_1", ALICE, 400, "refused(dead)");
  }

  @Test
  void aBusyConnectionIsNotWaitedFor() throws Exception {
    rig.completed(ALICE, "hello");
    CountDownLatch gate = new CountDownLatch(1);
    rig.upstream.script(Script.fault(Stage.FRAME, new Action.Wait(gate)));
    Running busy = rig.begin(ALICE, "", "hello");
    Awaitility.await().until(() -> rig.upstream.requests().size() == 2);

    RecordedClient client = rig.begin(ALICE, "resp_1_1", "go on").client();

    assertThat(client.end())
        .isInstanceOfSatisfying(
            TurnEnd.Refused.class, refused -> assertThat(refused.status()).isEqualTo(409));
    assertThat(client.decisions).containsExactly("refused(busy)");
    assertThat(rig.upstream.requests()).hasSize(2);
    gate.countDown();
    assertThat(busy.client().end()).isEqualTo(new TurnEnd.Completed("response.completed"));
  }

  @Test
  void aContinuationIsNeverRetried() throws Exception {
    rig.completed(ALICE, "hello");
    rig.upstream.script(Script.fault(Stage.FRAME, new Action.Drop()));

    RecordedClient client = rig.begin(ALICE.harmless(), "resp_1_1", "go on").client();

    assertThat(client.end()).isInstanceOf(TurnEnd.Refused.class);
    assertThat(client.decisions).hasSize(1);
    assertThat(rig.upstream.requests()).hasSize(2);
  }

  private void assertRefused(String response, Caller caller, int status, String decision)
      throws Exception {
    long connections = rig.upstream.accepted();
    int requests = rig.upstream.requests().size();

    RecordedClient client = rig.begin(caller, response, "go on").client();

    assertThat(client.end())
        .isEqualTo(TurnEnd.Refused.of(status, "previous_response_not_found", decision));
    assertThat(rig.upstream.accepted()).isEqualTo(connections);
    assertThat(rig.upstream.requests()).hasSize(requests);
  }
}
