package dev.culvert.host.relay;

import static dev.culvert.host.frame.Frame.pattern;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.boundary.StreamSpec;
import dev.culvert.host.frame.CloseStatus;
import dev.culvert.host.frame.Frame;
import dev.culvert.host.tls.TlsPeer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes in at one side comes out at the other, with TLS at both. */
class TlsRelayTest {

  private static final String TLS_1_2 = "TLSv1.2";
  private static final String TLS_1_3 = "TLSv1.3";

  @ParameterizedTest
  @ValueSource(strings = {TLS_1_2, TLS_1_3})
  void relaysBothWays(String protocol) throws Exception {
    try (TlsRig rig = TlsRig.start(Specs.opaque(), protocol)) {
      for (int length : new int[] {1, 1000, 16 * 1024, 16 * 1024 + 1, 1_000_000}) {
        byte[] bytes = pattern(length);
        Rig.inBackground(() -> rig.client.send(bytes));
        assertThat(rig.upstream.receive(length)).as("%d bytes", length).isEqualTo(bytes);
        Rig.inBackground(() -> rig.upstream.send(bytes));
        assertThat(rig.client.receive(length)).as("%d bytes", length).isEqualTo(bytes);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {TLS_1_2, TLS_1_3})
  void recordsMayArriveInPiecesAndInHeaps(String protocol) throws Exception {
    try (TlsRig rig = TlsRig.start(Specs.webSocket(), protocol)) {
      ByteArrayOutputStream heap = new ByteArrayOutputStream();
      for (int i = 0; i < 100; i++) {
        byte[] frame = Frame.text("message " + i).withMask().encode();
        int cut = i % frame.length;
        heap.write(rig.client.encrypt(Arrays.copyOfRange(frame, 0, cut)));
        heap.write(rig.client.encrypt(Arrays.copyOfRange(frame, cut, frame.length)));
      }
      byte[] records = heap.toByteArray();
      for (int i = 0; i < 1000; i++) {
        rig.client.sendRecords(new byte[] {records[i]});
      }
      rig.client.sendRecords(Arrays.copyOfRange(records, 1000, records.length));

      for (int i = 0; i < 100; i++) {
        byte[] expected = Frame.text("message " + i).withMask().encode();
        assertThat(rig.upstream.receive(expected.length)).isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {TLS_1_2, TLS_1_3})
  void aReaderThatPausesLosesNothingAndHoldsUpTheSender(String protocol) throws Exception {
    int chunks = 64;
    byte[] chunk = pattern(1024 * 1024);
    try (TlsRig rig = TlsRig.start(Specs.opaque(), protocol)) {
      Thread sender =
          Rig.inBackground(
              () -> {
                for (int i = 0; i < chunks; i++) {
                  rig.upstream.send(chunk);
                }
              });
      rig.rig.awaitStall();
      assertThat(rig.rig.stream.bytesFromUpstream()).isLessThan((long) chunks * chunk.length);

      for (int i = 0; i < chunks; i++) {
        assertThat(rig.client.receive(chunk.length)).isEqualTo(chunk);
      }
      sender.join();
      assertThat(rig.rig.stream.bytesFromUpstream()).isEqualTo((long) chunks * chunk.length);
    }
  }

  @Test
  void halfCloseGoesThroughBothWaysAndCountsAreExact() throws Exception {
    try (TlsRig rig = TlsRig.start(Specs.opaque(), TLS_1_3)) {
      rig.client.send(pattern(1234)).endOutput();
      assertThat(rig.upstream.receiveAll()).isEqualTo(pattern(1234));

      rig.upstream.send(pattern(4321)).endOutput();
      assertThat(rig.client.receiveAll()).isEqualTo(pattern(4321));

      assertThat(rig.rig.end().result()).isEqualTo(StreamResult.CLOSED);
      assertThat(rig.rig.stream.bytesToUpstream()).isEqualTo(1234);
      assertThat(rig.rig.stream.bytesFromUpstream()).isEqualTo(4321);
      rig.rig.assertEndedOnce();
    }
  }

  /** RFC 5246 section 7.2.1: a close_notify is answered by one and ends both directions. */
  @Test
  void inTls12TheEndOfOneDirectionIsTheEndOfBoth() throws Exception {
    StreamSpec spec = Specs.opaque("closeGraceMillis", 500L);
    try (TlsRig rig = TlsRig.start(spec, TLS_1_2)) {
      rig.client.send(pattern(1234)).endOutput();

      assertThat(rig.upstream.receiveAll()).isEqualTo(pattern(1234));
      assertThat(rig.client.receiveAll()).isEmpty();
      assertThat(rig.rig.end().result()).isEqualTo(StreamResult.CLOSED);
      assertThat(rig.rig.stream.bytesToUpstream()).isEqualTo(1234);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {TLS_1_2, TLS_1_3})
  void anEndWithoutCloseNotifyIsAnError(String protocol) throws Exception {
    try (TlsRig rig = TlsRig.start(Specs.opaque(), protocol)) {
      rig.client.send(pattern(1234));
      assertThat(rig.upstream.receive(1234)).isEqualTo(pattern(1234));
      rig.client.cut();

      StreamEnd end = rig.rig.end();
      assertThat(end.result()).isEqualTo(StreamResult.ERROR);
      assertThat(end.detail()).isEqualTo("client: TLS input ended without close_notify");
    }
  }

  /** Many WebSocket peers hang up after the close frame without a word of TLS. */
  @Test
  void behindAWebSocketCloseFrameNothingMoreIsExpected() throws Exception {
    try (TlsRig rig = TlsRig.start(Specs.webSocket(), TLS_1_3)) {
      byte[] close = Frame.close(1000, "done").withMask().encode();
      rig.client.send(close);
      rig.upstream.receive(close.length);
      rig.upstream.send(Frame.close(1000, "done").encode());
      rig.client.receive(Frame.close(1000, "done").encode().length);
      rig.client.cut();
      rig.upstream.cut();

      assertThat(rig.rig.end().result()).isEqualTo(StreamResult.CLOSED);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {TLS_1_2, TLS_1_3})
  void aStreamThatWeCloseEndsWithCloseNotify(String protocol) throws Exception {
    try (TlsRig rig = TlsRig.start(Specs.opaque(), protocol)) {
      rig.client.send(pattern(10));
      rig.upstream.receive(10);
      rig.rig.stream.close(StreamResult.KILLED, new CloseStatus(1001, "bye"));

      assertThat(rig.client.receiveAll()).isEmpty();
      assertThat(rig.upstream.receiveAll()).isEmpty();
      assertThat(rig.rig.end().result()).isEqualTo(StreamResult.KILLED);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void renegotiationIsRefused(boolean byClient) throws Exception {
    try (TlsRig rig = TlsRig.start(Specs.opaque(), TLS_1_2)) {
      (byClient ? rig.client : rig.upstream).rekey();

      StreamEnd end = rig.rig.end();
      assertThat(end.result()).isEqualTo(StreamResult.ERROR);
      assertThat(end.detail()).endsWith("TLS renegotiation is refused");
    }
  }

  @Test
  void keysMayChangeInTls13() throws Exception {
    try (TlsRig rig = TlsRig.start(Specs.opaque(), TLS_1_3)) {
      for (int i = 0; i < 20; i++) {
        byte[] bytes = ("round " + i).getBytes(StandardCharsets.US_ASCII);
        rig.client.rekey().send(bytes);
        assertThat(rig.upstream.receive(bytes.length)).isEqualTo(bytes);
        rig.upstream.rekey().send(bytes);
        assertThat(rig.client.receive(bytes.length)).isEqualTo(bytes);
      }
    }
  }

  @Test
  void keyChangesLeaveTheOtherConnectionsOfTheLoopTheirTurns() throws Exception {
    try (TlsRig rig = TlsRig.start(Specs.opaque(), TLS_1_3)) {
      CountDownLatch held = rig.rig.holdLoop();
      for (int i = 0; i < 200; i++) {
        rig.client.rekey();
      }
      int before = rig.clientValve.writes.get();
      CompletableFuture<Integer> afterOneTurn = new CompletableFuture<>();
      rig.rig.loop.execute(() -> afterOneTurn.complete(rig.clientValve.writes.get() - before));
      held.countDown();
      assertThat(afterOneTurn.get(10, TimeUnit.SECONDS)).as("answers").isBetween(1, 100);

      Awaitility.await().until(() -> rig.clientValve.writes.get() - before == 200);
    }
  }

  @Test
  void keyChangesWithoutEndAreAnError() throws Exception {
    try (TlsRig rig = TlsRig.start(Specs.opaque(), TLS_1_3)) {
      Rig.inBackground(
          () -> {
            for (int i = 0; i < 1_000; i++) {
              rig.client.rekey();
            }
          });

      StreamEnd end = rig.rig.end();
      assertThat(end.result()).isEqualTo(StreamResult.ERROR);
      assertThat(end.detail()).isEqualTo("client: more than 256 TLS records without data in a row");
    }
  }

  private static void rekeyWithData(TlsPeer peer) throws IOException {
    for (int i = 0; i < 5_000; i++) {
      peer.rekey().send(new byte[1]);
    }
  }

  /** A peer that asks for new keys and does not read the answers must not fill our memory. */
  @Test
  void answersToKeyChangesNeitherPileUpNorGetLost() throws Exception {
    byte[] bytes = pattern(100);
    try (TlsRig rig = TlsRig.startNarrow(Specs.opaque(), TLS_1_3)) {
      Thread asking = Rig.inBackground(() -> rekeyWithData(rig.client));
      rig.rig.awaitStall();
      rig.rig.onLoop(
          () -> assertThat(rig.rig.stream.client().pendingBytes()).isLessThanOrEqualTo(1000));

      rig.upstream.send(bytes);
      assertThat(rig.client.receive(bytes.length)).isEqualTo(bytes);
      asking.join();
    }
  }

  /** What waits for a connection that is gone must neither occupy the loop nor hold up the peer. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void ciphertextForAConnectionThatBreaksIsGivenUp(boolean stalledByKeys) throws Exception {
    StreamSpec spec = Specs.opaque("closeGraceMillis", 60_000L);
    try (TlsRig rig = TlsRig.startNarrow(spec, TLS_1_3)) {
      byte[] chunk = pattern(64 * 1024);
      if (stalledByKeys) {
        Rig.inBackground(() -> rekeyWithData(rig.client));
        rig.rig.awaitStall();
      } else {
        rig.client.endOutput();
        assertThat(rig.upstream.receiveAll()).isEmpty();
      }
      Thread sender =
          Rig.inBackground(
              () -> {
                for (int i = 0; i < 300; i++) {
                  rig.upstream.send(chunk);
                }
              });
      rig.rig.awaitStall();
      rig.client.cut();

      sender.join(20_000);
      assertThat(sender.isAlive()).as("upstream is held up").isFalse();
      if (!stalledByKeys) {
        rig.rig.onLoop(() -> assertThat(rig.rig.stream.client().pendingBytes()).isZero());
        rig.upstream.endOutput();
      }
      assertThat(rig.rig.end().result()).isEqualTo(StreamResult.ERROR);
      rig.rig.assertEndedOnce();
    }
  }

  /** A server that refuses a message says why, says close_notify, and hangs up on the answer. */
  @Test
  void whatCameBeforeAnAnswerThatNobodyTakesIsPassedOn() throws Exception {
    byte[] close = Frame.close(1009, "too big").encode();
    try (TlsRig rig = TlsRig.start(Specs.webSocket(), TLS_1_2)) {
      rig.upstreamValve.broken = new IOException("Broken pipe");
      rig.upstream.sendLast(close);

      assertThat(rig.client.receive(close.length)).isEqualTo(close);
      rig.client.endOutput();
      StreamEnd end = rig.rig.end();
      assertThat(end.result()).isEqualTo(StreamResult.CLOSED);
      assertThat(end.status().code()).isEqualTo(1009);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {TLS_1_2, TLS_1_3})
  void whatCameBeforeABadRecordIsPassedOn(String protocol) throws Exception {
    try (TlsRig rig = TlsRig.start(Specs.opaque(), protocol)) {
      ByteArrayOutputStream records = new ByteArrayOutputStream();
      records.write(rig.upstream.encrypt(pattern(1000)));
      records.write(new byte[] {23, 3, 3, 0, 32});
      records.write(new byte[32]);
      rig.upstream.sendRecords(records.toByteArray());

      assertThat(rig.client.receive(1000)).isEqualTo(pattern(1000));
      StreamEnd end = rig.rig.end();
      assertThat(end.result()).isEqualTo(StreamResult.ERROR);
      assertThat(end.detail()).startsWith("upstream: ");
    }
  }

  /** The end of a direction that is the last one to end was not the end of the other one. */
  @ParameterizedTest
  @ValueSource(strings = {TLS_1_2, TLS_1_3})
  void aCloseNotifyAfterOursEndsOneDirectionOnly(String protocol) throws Exception {
    try (TlsRig rig = TlsRig.start(Specs.opaque(), protocol)) {
      rig.upstream.endOutput();
      assertThat(rig.client.receiveAll()).isEmpty();
      rig.client.endOutput();

      assertThat(rig.rig.end().result()).isEqualTo(StreamResult.CLOSED);
      rig.rig.onLoop(
          () -> {
            assertThat(rig.clientWire.endedBothWays()).isFalse();
            assertThat(rig.upstreamWire.endedBothWays()).isEqualTo(protocol.equals(TLS_1_2));
          });
    }
  }

  @Test
  void theStreamEndsWhenItsLastCloseNotifyHasGone() throws Exception {
    try (TlsRig rig = TlsRig.start(Specs.opaque("closeGraceMillis", 60_000L), TLS_1_3)) {
      rig.client.endOutput();
      assertThat(rig.upstream.receiveAll()).isEmpty();
      rig.clientValve.shut = true;
      rig.upstream.endOutput();
      rig.rig.awaitStall();
      assertThat(rig.rig.hasEnded()).isFalse();

      rig.clientValve.shut = false;
      assertThat(rig.client.receiveAll()).isEmpty();
      assertThat(rig.rig.end().result()).isEqualTo(StreamResult.CLOSED);
    }
  }

  @Test
  void aCloseNotifyThatNobodyTakesIsWaitedForForTheGraceOnly() throws Exception {
    try (TlsRig rig = TlsRig.start(Specs.opaque("closeGraceMillis", 50L), TLS_1_3)) {
      rig.client.endOutput();
      assertThat(rig.upstream.receiveAll()).isEmpty();
      rig.clientValve.shut = true;
      rig.upstream.endOutput();

      assertThat(rig.rig.end().result()).isEqualTo(StreamResult.CLOSED);
      rig.rig.assertEndedOnce();
    }
  }

  @Test
  void garbageIsAnError() throws Exception {
    try (TlsRig rig = TlsRig.start(Specs.opaque(), TLS_1_3)) {
      rig.client.sendRecords("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

      assertThat(rig.rig.end().result()).isEqualTo(StreamResult.ERROR);
    }
  }
}
