package dev.culvert.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.boundary.Fields;
import dev.culvert.boundary.LeaseSpec;
import dev.culvert.boundary.StreamSpec;
import dev.culvert.host.HostRig.Dialled;
import dev.culvert.host.HostRig.Opened;
import dev.culvert.host.dial.ScriptedServer;
import dev.culvert.host.loop.Loopback;
import dev.culvert.host.relay.Specs;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Leases that end with streams. */
@Timeout(30)
class StreamLeasesTest {

  private final HostRig rig = new HostRig();
  private final ScriptedServer server = rig.server();
  private final long deployment = rig.deploy(server);

  @BeforeEach
  void take() {
    keep(true);
    rig.host.acquireLease(deployment, "up", "session", "token", 1);
  }

  @AfterEach
  void end() throws Exception {
    rig.close();
  }

  private void keep(boolean remote) {
    rig.host.leases(deployment, Fields.of(new LeaseSpec(remote, 300_000)));
  }

  private StreamSpec spec() {
    Object[] all = {
      "address", server.address(), "lease", "token", "leaseSession", "session", "detached", true
    };
    return Specs.opaque(all);
  }

  private Opened open() throws Exception {
    return rig.open(deployment, server, spec()).exchange();
  }

  private static void end(Opened stream) throws IOException {
    stream.client().close();
    stream.upstream().close();
  }

  private List<?> owed() {
    return rig.host.owedReleases(HostRig.APP, 10).stream()
        .map(lease -> lease.get("token"))
        .toList();
  }

  private void awaitOwed() {
    Awaitility.await().untilAsserted(() -> assertThat(owed()).isEqualTo(List.of("token")));
    assertThat(rig.host.sessions(deployment, "up")).isZero();
  }

  private double leases(long of) {
    return rig.metric(of, "culvert_leases", "provider", "up");
  }

  @Test
  void theLeaseEndsWithItsStream() throws Exception {
    Opened stream = open();
    assertThat(rig.host.sessions(deployment, "up")).isEqualTo(1);
    end(stream);

    awaitOwed();
  }

  @Test
  void theStreamCountsAtItsUpstreamThroughRedeploys() throws Exception {
    Opened stream = open();
    assertThat(rig.host.liveStreams(deployment, "up")).isEqualTo(1);
    assertThat(rig.host.liveStreams(deployment, "another")).isZero();
    rig.host.undeploy(deployment);
    long next = rig.deploy(server);
    assertThat(rig.host.liveStreams(next, "up")).isEqualTo(1);

    end(stream);

    Awaitility.await().until(() -> rig.host.liveStreams(next, "up") == 0);
  }

  @Test
  void aStreamThatDoesNotOpenCountsNoMore() {
    long unknown = 4711;

    assertThatThrownBy(() -> rig.host.join(deployment, unknown, Fields.of(spec()), () -> {}))
        .isInstanceOf(IllegalStateException.class);

    assertThat(rig.host.liveStreams(deployment, "up")).isZero();
  }

  @Test
  void theGatewayIsToldOfIt() throws Exception {
    List<String> events = new CopyOnWriteArrayList<>();
    Consumer<String> listener = events::add;
    rig.host.listen(deployment, listener);
    end(open());

    Awaitility.await().until(() -> events.equals(List.of("leases")));
    listener.accept("still reachable");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aGatewayThatFailsThenHarmsNobody(boolean withAnError) throws Exception {
    Consumer<String> listener =
        event -> {
          if (withAnError) {
            throw new OutOfMemoryError(event);
          }
          throw new IllegalStateException(event);
        };
    rig.host.listen(deployment, listener);
    end(open());

    Awaitility.await().until(() -> rig.liveIds().isEmpty());
    awaitOwed();
    assertThat(rig.host.handshakes()).isZero();
    assertThatThrownBy(() -> listener.accept("still reachable")).hasMessage("still reachable");
  }

  @Test
  void theLeaseOutlivesTheDeploymentWithItsStream() throws Exception {
    Opened stream = open();
    rig.host.undeploy(deployment);
    long next = rig.deploy(server);

    assertThat(leases(next)).isEqualTo(1);
    assertThat(rig.host.acquireLease(next, "up", "other", "late", 1)).isFalse();
    assertThat(rig.host.renewLeases(next))
        .isEqualTo(List.of(Map.of("provider", "up", "session", "session", "token", "token")));

    end(stream.exchange());
    Awaitility.await().untilAsserted(() -> assertThat(owed()).isEqualTo(List.of("token")));
    assertThat(leases(next)).isZero();
  }

  @Test
  void whatIsNoStreamsEndsWithTheDeployment() {
    rig.host.undeploy(deployment);

    assertThat(owed()).isEqualTo(List.of("token"));
    assertThat(leases(rig.deploy(server))).isZero();
    rig.host.releasesTold(HostRig.APP, List.of("token"));
    assertThat(owed()).isEmpty();
  }

  @Test
  void theLeaseEndsWhenTheUpstreamIsGoneBeforeTheStreamOpens() throws Exception {
    Dialled dialled = rig.dialled(deployment, server);
    rig.host.abandon(dialled.connection());

    assertThatThrownBy(() -> rig.open(deployment, dialled, spec()))
        .isInstanceOf(IllegalStateException.class);
    awaitOwed();
  }

  @Test
  void theLeaseEndsWhenTheServerDoesNotLetGo() throws Exception {
    Dialled dialled = rig.dialled(deployment, server);
    rig.takeOverFailure = new IllegalStateException("no");

    assertThatThrownBy(() -> rig.open(deployment, dialled, spec()))
        .isInstanceOf(IllegalStateException.class);
    awaitOwed();
  }

  @Test
  void theLeaseEndsWhenTheClientIsLostOnTheWay() throws Exception {
    rig.heldTakeOvers = new ArrayDeque<>();
    rig.open(deployment, rig.dialled(deployment, server), spec());
    assertThat(rig.host.sessions(deployment, "up")).isEqualTo(1);
    rig.lostTakeOvers.remove().run();

    awaitOwed();
  }

  @Test
  void aStreamOnItsWayKeepsTheLeaseThroughTheUndeployment() throws Exception {
    rig.heldTakeOvers = new ArrayDeque<>();
    Opened stream = rig.open(deployment, rig.dialled(deployment, server), spec());
    rig.host.undeploy(deployment);
    assertThat(owed()).isEmpty();
    rig.heldTakeOvers.remove().run();

    end(stream.exchange());
    Awaitility.await().untilAsserted(() -> assertThat(owed()).isEqualTo(List.of("token")));
  }

  @Test
  void aJoinedStreamHasItsLeaseToo() throws Exception {
    Dialled dialled = rig.dialled(deployment, server);
    rig.host.join(deployment, dialled.connection(), Fields.of(spec()), () -> {});
    assertThat(leases(deployment)).isEqualTo(1);
    rig.host.undeploy(deployment);

    Awaitility.await().untilAsserted(() -> assertThat(owed()).isEqualTo(List.of("token")));
    assertThatThrownBy(
            () -> rig.host.join(deployment, dialled.connection(), Fields.of(spec()), () -> {}))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void withoutAStoreOutsideNothingIsOwedAndNobodyTold() throws Exception {
    keep(false);
    List<String> events = new CopyOnWriteArrayList<>();
    Consumer<String> listener = events::add;
    rig.host.listen(deployment, listener);
    end(open());

    Awaitility.await().untilAsserted(() -> assertThat(leases(deployment)).isZero());
    assertThat(owed()).isEmpty();
    assertThat(events).isEmpty();
    listener.accept("still reachable");
  }

  @Test
  void aTerminatedSessionsStreamGoesOnAndLeavesNothing() throws Exception {
    keep(false);
    Opened stream = open();
    assertThat(rig.host.terminateSession(deployment, "up", "session")).isEqualTo(1);
    rig.host.acquireLease(deployment, "up", "session", "newer", 1);

    end(stream.exchange());
    Awaitility.await().until(() -> rig.liveIds().isEmpty());
    assertThat(rig.host.sessions(deployment, "up")).isEqualTo(1);
  }

  @Test
  void applicationsCountByThemselves() {
    long other = rig.host.deploy("other");
    assertThat(rig.host.acquireLease(other, "up", "another", "token", 1)).isTrue();
    assertThat(rig.host.sessions(deployment, "up")).isEqualTo(1);
    rig.host.undeploy(other);
  }

  @Test
  void theLeaseEndsWhenTheUpstreamWasNeverThere() throws Exception {
    Loopback client = Loopback.connect();
    assertThatThrownBy(() -> rig.host.open(deployment, client, "response", 4711, Fields.of(spec())))
        .isInstanceOf(IllegalStateException.class);
    awaitOwed();
    client.far().close();
    client.near().close();
  }
}
