package dev.culvert.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.boundary.DialResult;
import dev.culvert.boundary.Fields;
import dev.culvert.host.HostRig.Dialled;
import dev.culvert.host.HostRig.Opened;
import dev.culvert.host.dial.ScriptedServer;
import dev.culvert.host.frame.Frame;
import dev.culvert.host.loop.Peer;
import dev.culvert.host.relay.Specs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What deployments and operators may ask of the host. */
class HostTest {

  private final HostRig rig = new HostRig();
  private final ScriptedServer server = rig.server();
  private final long deployment = rig.deploy(server);

  @AfterEach
  void end() throws IOException {
    rig.close();
  }

  @Test
  void liveStreamsAreShownAndCounted() throws Exception {
    Opened stream = rig.open(deployment, server, "upstream", "chat-1", "user", "ann");

    Map<String, Object> view = rig.host.streams().get(0);
    assertThat(view)
        .containsEntry("id", stream.id())
        .containsEntry("upstream", "chat-1")
        .containsEntry("user", "ann")
        .containsEntry("state", "open")
        .containsEntry("orphaned", false)
        .containsEntry("bytesToUpstream", 8L)
        .containsEntry("bytesFromUpstream", 6L);
    assertThat(stream.id()).hasSizeBetween(1, 40);
    assertThat(rig.metric(deployment, Ledger.ACTIVE, "upstream", "chat-1")).isEqualTo(1);
    assertThat(rig.metric(deployment, Ledger.BYTES, "direction", "to_upstream")).isEqualTo(8);
  }

  @Test
  void anEndedStreamMovesIntoTheTotals() throws Exception {
    rig.host.buckets(List.of(1.0, 60.0));
    Opened stream = rig.open(deployment, server);
    stream.client().endOutput();
    stream.upstream().endOutput();
    awaitNoStreams();

    assertThat(rig.metric(deployment, Ledger.ACTIVE)).isZero();
    assertThat(rig.metric(deployment, Ledger.TOTAL, "result", "closed")).isEqualTo(1);
    assertThat(rig.metric(deployment, Ledger.BYTES, "direction", "to_upstream")).isEqualTo(8);
    assertThat(rig.metric(deployment, Ledger.BYTES, "direction", "from_upstream")).isEqualTo(6);
    assertThat(rig.metric(deployment, Ledger.DURATION, "result", "closed")).isPositive();
  }

  @Test
  void gatewaysCountersOutliveThem() {
    rig.host.count(deployment, "handshakes", Map.of("outcome", "ok"), 2);
    rig.host.undeploy(deployment);
    long next = rig.deploy(server);
    rig.host.count(next, "handshakes", Map.of("outcome", "ok"), 3);

    assertThat(rig.metric(next, "handshakes")).isEqualTo(5);
  }

  @ParameterizedTest
  @CsvSource({"id, ", "upstream, u1", "route, r1", "user, ann", "session, s1", "all, "})
  void operatorsCloseStreamsByWhatTheyAre(String by, String value) throws Exception {
    Opened chosen =
        rig.open(
            deployment, server, "upstream", "u1", "route", "r1", "user", "ann", "session", "s1");
    Opened other = by.equals("all") ? chosen : rig.open(deployment, server);
    String exact = value == null ? chosen.id() : value;

    assertThat(rig.host.close(by, exact, 1001, "", "killed")).isEqualTo(1);

    chosen.assertHungUp();
    if (!by.equals("all")) {
      other.exchange();
    }
    Awaitility.await().until(() -> rig.metric(deployment, Ledger.TOTAL, "result", "killed") == 1);
  }

  @Test
  void anOperatorsCodeAndReasonGoOnTheWire() throws Exception {
    Opened stream = rig.open(deployment, server, Specs.webSocket("address", server.address()));
    stream.client().send(Frame.text("x").withMask());
    stream.upstream().receiveFrame();
    rig.host.close("id", stream.id(), 4242, "maintenance", "killed");

    Frame close = stream.client().receiveFrame();
    assertThat(close.closeCode()).isEqualTo(4242);
    assertThat(close.closeReason()).isEqualTo("maintenance");
    assertThat(rig.host.streams().get(0)).containsEntry("state", "closing");
  }

  @ParameterizedTest
  @CsvSource({"colour, 1000, killed", "all, 1005, killed", "all, 1000, vanished"})
  void whatCannotBeClosedOrSentIsRefused(String by, int code, String result) {
    assertThatThrownBy(() -> rig.host.close(by, "x", code, "", result))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected: ");
  }

  @Test
  void theLimitOfARouteCountsHandshakesAndStreams() throws Exception {
    Opened stream = rig.open(deployment, server);
    CompletableFuture<Map<String, Object>> second = rig.dial(deployment, server, 2);
    Peer upstream = server.accept();
    upstream.receiveHead();

    assertThat(result(rig.dial(deployment, server, 2)).outcome()).isEqualTo(DialResult.LIMIT);

    upstream.send("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n");
    assertThat(result(second).status()).isEqualTo(403);
    assertFree(2);

    stream.client().close();
    stream.upstream().close();
    awaitNoStreams();
    assertFree(1);
  }

  @Test
  void anAbandonedConnectionIsClosedAndItsSlotIsFree() throws Exception {
    Dialled dialled = rig.dialled(deployment, server);
    assertThat(rig.host.handshakes()).isEqualTo(1);
    rig.host.abandon(dialled.connection());
    rig.host.abandon(dialled.connection());

    assertThat(dialled.upstream().isHungUp()).isTrue();
    assertThat(rig.host.handshakes()).isZero();
    assertFree(1);
  }

  @Test
  void aHandshakeThatIsCancelledEndsAndItsSlotIsFree() throws Exception {
    CompletableFuture<Map<String, Object>> dial = rig.dial(deployment, server, 1);
    Peer upstream = server.accept();
    upstream.receiveHead();

    assertThat(dial.cancel(false)).isTrue();

    assertThat(rig.host.handshakes()).isZero();
    assertFree(1);
    assertThat(upstream.isHungUp()).isTrue();
  }

  @Test
  void aTakeOverThatFailsClosesTheUpstream() throws Exception {
    Dialled dialled = rig.dialled(deployment, server);
    rig.takeOverFailure = new IllegalStateException("client is gone");

    assertThatThrownBy(() -> rig.open(deployment, dialled, Specs.opaque()))
        .hasMessage("client is gone");
    assertThat(dialled.upstream().isHungUp()).isTrue();
    assertFree(1);
  }

  @Test
  void aClientLostDuringTheTakeOverClosesTheUpstream() throws Exception {
    rig.heldTakeOvers = new ConcurrentLinkedQueue<>();
    Dialled dialled = rig.dialled(deployment, server);
    rig.open(deployment, dialled, Specs.opaque());
    rig.lostTakeOvers.remove().run();

    assertThat(dialled.upstream().isHungUp()).isTrue();
    assertFree(1);
  }

  @Test
  void aConnectionIsGivenToOneStreamOnly() throws Exception {
    Dialled dialled = rig.dialled(deployment, server);
    Opened stream = rig.open(deployment, dialled, Specs.opaque("address", server.address()));
    stream.exchange();

    assertThatThrownBy(() -> rig.open(deployment, dialled, Specs.opaque()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("upstream connection is gone");
    stream.exchange();
  }

  @Test
  void aStreamThatCannotBeLoggedIsAStreamAllTheSame() throws Exception {
    Opened stream = rig.open(deployment, server, "logLevel", "NOISE");
    stream.client().close();
    stream.upstream().close();

    awaitNoStreams();
    assertThat(rig.metric(deployment, Ledger.TOTAL, "result", "closed")).isEqualTo(1);
    assertFree(1);
  }

  @Test
  void eachListenerIsTold() {
    List<String> events = new ArrayList<>();
    Consumer<String> listener = events::add;
    rig.host.listen(deployment, listener);
    rig.deploy(server);

    assertThat(rig.host.reload()).isEqualTo(1);
    assertThat(events).containsExactly("reload");
    rig.host.undeploy(deployment);
    assertThat(rig.host.reload()).isZero();
  }

  @Test
  void aReloadThatFailsTellsWhyAndHoldsUpNoOther() {
    List<String> events = new ArrayList<>();
    Consumer<String> faulty =
        event -> {
          throw new IllegalArgumentException("culvert.x: 1 (expected: 2)");
        };
    Consumer<String> good = events::add;
    rig.host.listen(deployment, faulty);
    rig.host.listen(rig.deploy(server), good);
    rig.host.listen(rig.deploy(server), faulty);

    assertThatThrownBy(rig.host::reload)
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .containsPattern("(?s)culvert.x: 1 .*culvert.x: 1 ");
    assertThat(events).containsExactly("reload");
  }

  private void awaitNoStreams() {
    Awaitility.await().until(() -> rig.host.streams().isEmpty());
  }

  /** Whether one more fits under the limit; leaves nothing behind. */
  private void assertFree(int limit) throws Exception {
    String refused = ScriptedServer.refused();
    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(result(rig.dial(deployment, refused, limit)).outcome())
                    .isEqualTo(DialResult.CONNECT_FAILED));
  }

  private static DialResult result(CompletableFuture<Map<String, Object>> future) throws Exception {
    return Fields.to(DialResult.class, future.get(10, TimeUnit.SECONDS));
  }

  @Test
  void theConnectorIsToldOnceWhoseClassesAreNotDeployedAnyMore() {
    long deployment = rig.host.deploy("application");
    Consumer<String> listener = event -> {};
    rig.host.listen(deployment, listener);
    assertThat(rig.undeployed).isEmpty();

    rig.host.undeploy(deployment);
    rig.host.undeploy(deployment);

    assertThat(rig.undeployed).containsExactly(getClass().getClassLoader());
  }
}
