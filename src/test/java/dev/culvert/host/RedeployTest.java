package dev.culvert.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.boundary.StreamSpec;
import dev.culvert.host.HostRig.Dialled;
import dev.culvert.host.HostRig.Opened;
import dev.culvert.host.dial.ScriptedServer;
import dev.culvert.host.frame.Frame;
import dev.culvert.host.loop.HostThreads;
import dev.culvert.host.loop.Loopback;
import dev.culvert.host.relay.Specs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** By which rules the end of a deployment, or a changed configuration, ends streams. */
class RedeployTest {

  private final HostRig rig = new HostRig();
  private final ScriptedServer a = rig.server();
  private final ScriptedServer b = rig.server();

  @AfterEach
  void end() throws Exception {
    rig.close();
  }

  @Test
  void byDefaultTheStreamsOfADeploymentCloseWithIt() throws Exception {
    long old = rig.deploy(a);
    Opened one = rig.open(old, a, webSocket(a));
    Opened two = rig.open(old, a, webSocket(a));
    rig.host.undeploy(old);

    for (Opened stream : List.of(one, two)) {
      assertThat(stream.client().receiveFrame().closeCode()).isEqualTo(1001);
      assertThat(stream.upstream().receiveFrame().closeCode()).isEqualTo(1001);
      stream.client().send(Frame.close(1001, "").withMask());
      stream.upstream().send(Frame.close(1001, ""));
      stream.assertHungUp();
    }
    long next = rig.deploy(a);
    awaitResults(next, "undeployed", 2);
  }

  @Test
  void withADelayTheyStayOpenForThatLong() throws Exception {
    long old = rig.deploy(a);
    Opened stream = rig.open(old, a, "closeDelayMillis", 40L);
    rig.host.undeploy(old);
    stream.exchange();

    stream.assertHungUp();
  }

  @Test
  void theJitterComesOnTopOfTheDelay() throws Exception {
    long old = rig.deploy(a);
    Opened stream = rig.open(old, a, "closeDelayMillis", 10L, "closeJitterMillis", 30L);
    rig.host.undeploy(old);

    stream.assertHungUp();
  }

  @Test
  void detachedStreamsLiveOnWhileTheirUpstreamIsConfigured() throws Exception {
    long old = rig.deploy(a, b);
    Opened kept = rig.open(old, a, "detached", true);
    Opened removed = rig.open(old, b, "detached", true);

    rig.host.undeploy(old);
    kept.exchange();
    removed.exchange();
    assertThat(rig.host.streams()).allMatch(view -> view.get("orphaned").equals(true));

    long next = rig.deploy(a);
    removed.assertHungUp();
    kept.exchange();
    awaitResults(next, "upstream-removed", 1);
    assertThat(rig.liveIds()).containsExactly(kept.id());
  }

  @Test
  void aRemovalSeveralDeploymentsLaterCloses() throws Exception {
    long deployment = rig.deploy(a, b);
    Opened stream = rig.open(deployment, b, "detached", true);
    for (int i = 0; i < 3; i++) {
      rig.host.undeploy(deployment);
      deployment = rig.deploy(a, b);
      stream.exchange();
    }
    rig.host.undeploy(deployment);
    rig.deploy(a);

    stream.assertHungUp();
  }

  @Test
  void aRemovalMayHaveADelay() throws Exception {
    long old = rig.deploy(a, b);
    Opened stream = rig.open(old, b, "detached", true, "closeDelayMillis", 40L);
    rig.host.undeploy(old);
    long next = rig.deploy(a);
    stream.exchange();

    stream.assertHungUp();
    awaitResults(next, "upstream-removed", 1);
  }

  @Test
  void anUpstreamThatComesBackBeforeTheDelayEndsKeepsItsStreams() throws Exception {
    ScriptedServer c = rig.server();
    long old = rig.deploy(a, b, c);
    Opened pardoned = rig.open(old, b, "detached", true, "closeDelayMillis", 100L);
    Opened removed = rig.open(old, c, "detached", true, "closeDelayMillis", 100L);
    rig.retain(old, a);
    rig.retain(old, a, b);

    removed.assertHungUp();
    pardoned.exchange();
  }

  @Test
  void aReloadFollowsTheSameRules() throws Exception {
    long deployment = rig.deploy(a, b);
    Opened kept = rig.open(deployment, a);
    Opened removed = rig.open(deployment, b);
    rig.retain(deployment, a);

    removed.assertHungUp();
    kept.exchange();
  }

  @Test
  void aStalledClientDelaysNobodyElsesRemoval() throws Exception {
    long deployment = rig.deploy(a, b);
    List<Opened> others = new ArrayList<>();
    Opened stalled = rig.open(deployment, b);
    for (int i = 0; i < 4; i++) {
      others.add(rig.open(deployment, b));
    }
    Thread sender =
        HostThreads.start(
            "flood",
            () -> {
              try {
                stalled.upstream().send(Frame.pattern(32 * 1024 * 1024));
              } catch (IOException e) {
                assertThat(e).hasMessageFindingMatch("(?i)reset|broken pipe|closed");
              }
            });
    rig.retain(deployment, a);

    for (Opened other : others) {
      other.assertHungUp();
    }
    awaitResults(deployment, "upstream-removed", 5);
    sender.join();
  }

  @Test
  void otherApplicationsAreNotConcerned() throws Exception {
    long deployment = rig.deploy(a);
    Opened stream = rig.open(deployment, a);
    long other = rig.host.deploy("other");
    rig.host.retain(other, Set.of());
    rig.host.undeploy(other);

    stream.exchange();
  }

  @Test
  void onlyTheStreamsOfTheEndedDeploymentClose() throws Exception {
    long old = rig.deploy(a);
    Opened first = rig.open(old, a);
    long next = rig.deploy(a);
    Opened second = rig.open(next, a);
    rig.host.undeploy(old);
    rig.host.undeploy(old);

    first.assertHungUp();
    second.exchange();
  }

  @Test
  void aHandshakeUnderWayEndsWithItsDeployment() throws Exception {
    long deployment = rig.deploy(a);
    CompletableFuture<?> dial = rig.dial(deployment, a, 0);
    var upstream = a.accept();
    upstream.receiveHead();
    rig.host.undeploy(deployment);

    assertThat(upstream.isHungUp()).isTrue();
    assertThat(dial).isCancelled();
    assertThat(rig.host.handshakes()).isZero();
  }

  @Test
  void aConnectionThatNoStreamHasTakenEndsWithItsDeployment() throws Exception {
    long deployment = rig.deploy(a);
    Dialled dialled = rig.dialled(deployment, a);
    rig.host.undeploy(deployment);

    assertThat(dialled.upstream().isHungUp()).isTrue();
    assertThatThrownBy(() -> rig.open(deployment, dialled, Specs.opaque()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("upstream connection is gone");
  }

  @Test
  void aClientHandedOverAfterTheEndOfItsDeploymentIsClosedAsItsPolicySays() throws Exception {
    rig.heldTakeOvers = new ConcurrentLinkedQueue<>();
    long deployment = rig.deploy(a);
    Opened detached = rig.open(deployment, rig.dialled(deployment, a), opaque("detached", true));
    Opened delayed =
        rig.open(deployment, rig.dialled(deployment, a), opaque("closeDelayMillis", 100L));
    Opened other = rig.open(deployment, rig.dialled(deployment, a), webSocket(a));
    rig.host.undeploy(deployment);
    rig.heldTakeOvers.forEach(Runnable::run);

    detached.exchange();
    delayed.exchange().assertHungUp();
    assertThat(other.client().receiveFrame().closeCode()).isEqualTo(1001);
    assertThat(other.upstream().receiveFrame().closeCode()).isEqualTo(1001);
    detached.exchange();
  }

  @Test
  void aClientLostOnTheWayAfterTheEndOfItsDeploymentFreesTheUpstream() throws Exception {
    rig.heldTakeOvers = new ConcurrentLinkedQueue<>();
    long deployment = rig.deploy(a);
    Opened stream = rig.open(deployment, rig.dialled(deployment, a), opaque());
    rig.host.undeploy(deployment);
    rig.lostTakeOvers.remove().run();

    assertThat(stream.upstream().isHungUp()).isTrue();
    assertThat(rig.host.handshakes()).isZero();
  }

  @Test
  void aDrainingHostWaitsForAClientThatIsHandedOver() throws Exception {
    rig.heldTakeOvers = new ConcurrentLinkedQueue<>();
    long deployment = rig.deploy(a);
    Opened stream = rig.open(deployment, rig.dialled(deployment, a), opaque("detached", true));
    rig.host.drain();
    rig.host.undeploy(deployment);
    rig.heldTakeOvers.remove().run();

    stream.exchange();
  }

  @Test
  void aDrainingHostEndsWhenTheLastClientIsLostOnTheWay() throws Exception {
    rig.heldTakeOvers = new ConcurrentLinkedQueue<>();
    long deployment = rig.deploy(a);
    rig.open(deployment, rig.dialled(deployment, a), opaque("detached", true));
    rig.host.drain();
    rig.host.undeploy(deployment);
    assertThat(rig.isPublished()).isTrue();
    rig.lostTakeOvers.remove().run();

    Awaitility.await().until(() -> !rig.isPublished());
  }

  private StreamSpec opaque(Object... fields) {
    Object[] all = Arrays.copyOf(fields, fields.length + 2);
    all[fields.length] = "address";
    all[fields.length + 1] = a.address();
    return Specs.opaque(all);
  }

  @Test
  void aSessionThatEndsWhileTheClientIsHandedOverClosesTheStream() throws Exception {
    rig.heldTakeOvers = new ConcurrentLinkedQueue<>();
    long deployment = rig.deploy(a);
    StreamSpec ofSession = Specs.webSocket("address", a.address(), "session", "s1");
    StreamSpec ofOther = Specs.webSocket("address", a.address(), "session", "s2");
    Opened stream = rig.open(deployment, rig.dialled(deployment, a), ofSession);
    Opened other = rig.open(deployment, rig.dialled(deployment, a), ofOther);
    rig.host.close("session", "s1", 1008, "session ended", "expired");
    rig.host.close("session", "s2", 1001, "", "killed");
    rig.heldTakeOvers.forEach(Runnable::run);

    Frame close = stream.client().receiveFrame();
    assertThat(close.closeCode()).isEqualTo(1008);
    assertThat(close.closeReason()).isEqualTo("session ended");
    stream.client().close();
    stream.upstream().close();
    awaitResults(deployment, "expired", 1);
    other.client().send(Frame.text("lives on").withMask());
    assertThat(other.upstream().receiveFrame().text()).isEqualTo("lives on");
  }

  @Test
  void anUpstreamThatLeavesWhileTheClientIsHandedOverClosesTheStream() throws Exception {
    rig.heldTakeOvers = new ConcurrentLinkedQueue<>();
    long deployment = rig.deploy(a, b);
    Opened stream =
        rig.open(deployment, rig.dialled(deployment, b), Specs.opaque("address", b.address()));
    rig.retain(deployment, a);
    rig.heldTakeOvers.remove().run();

    stream.assertHungUp();
    awaitResults(deployment, "upstream-removed", 1);
  }

  @Test
  void whateverHappensAtOnceEachStreamIsCountedOnce() throws Exception {
    int count = 40;
    long old = rig.deploy(a, b);
    List<Opened> streams = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      streams.add(rig.open(old, i % 2 == 0 ? a : b, "detached", i % 4 < 2));
    }
    long next = rig.deploy(a, b);
    CountDownLatch go = new CountDownLatch(1);
    List<Thread> threads =
        List.of(
            at(go, () -> rig.host.undeploy(old)),
            at(go, () -> rig.retain(next, a)),
            at(go, () -> rig.retain(next, b)),
            at(go, () -> rig.host.close("all", "", 1000, "", "killed")),
            at(go, () -> streams.forEach(RedeployTest::hangUp)));
    go.countDown();
    for (Thread thread : threads) {
      thread.join();
    }

    Awaitility.await().until(() -> rig.host.streams().isEmpty());
    assertThat(rig.metric(next, Ledger.TOTAL)).isEqualTo(count);
    assertThat(rig.metric(next, Ledger.ACTIVE)).isZero();
    assertThat(rig.metric(next, Ledger.BYTES, "direction", "to_upstream")).isEqualTo(count * 8);
    assertThat(rig.metric(next, Ledger.BYTES, "direction", "from_upstream")).isEqualTo(count * 6);
  }

  @Test
  void anUnknownDeploymentIsRefused() {
    assertThatThrownBy(() -> rig.host.retain(99, Set.of()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("deployment: 99 (expected: one that is deployed)");
    assertThatThrownBy(() -> rig.dial(99, a, 0)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> rig.host.listen(99, event -> {}))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aRequestThatCannotBeTakenOverIsRefusedWithAReason() {
    assertThat(rig.host.refusal("something")).isEqualTo("not of this connector");
    assertThat(rig.host.refusal(new Loopback(null, null))).isNull();
  }

  private static StreamSpec webSocket(ScriptedServer server) {
    return Specs.webSocket("address", server.address());
  }

  private void awaitResults(long deployment, String result, int count) {
    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(rig.metric(deployment, Ledger.TOTAL, "result", result))
                    .isEqualTo(count));
  }

  private static void hangUp(Opened stream) {
    try {
      stream.client().endOutput();
      stream.upstream().endOutput();
    } catch (IOException e) {
      assertThat(e).isInstanceOf(IOException.class); // closed already
    }
  }

  private static Thread at(CountDownLatch go, Runnable action) {
    return HostThreads.start(
        "actor",
        () -> {
          try {
            assertThat(go.await(10, TimeUnit.SECONDS)).isTrue();
            action.run();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }
}
