package dev.culvert.host.relay;

import static dev.culvert.host.frame.Frame.pattern;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.host.frame.CloseStatus;
import dev.culvert.host.frame.Frame;
import dev.culvert.host.loop.HostThreads;
import dev.culvert.host.loop.Peer;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How WebSocket streams end, by us and by their peers. */
class CloseTest {

  private static final CloseStatus GONE = new CloseStatus(1001, "undeployed");
  private static final long LONG = 60_000L;

  @Test
  void ourCloseReachesBothSidesAndTheirAnswersEndTheStreamAtOnce() throws Exception {
    try (Rig rig = Rig.start(Specs.webSocket("closeGraceMillis", LONG))) {
      rig.stream.close(StreamResult.UNDEPLOYED, GONE);

      assertClose(rig.client(), false, 1001, "undeployed");
      assertClose(rig.upstream(), true, 1001, "undeployed");
      rig.client().send(Frame.close(1001, "").withMask());
      rig.upstream().send(Frame.close(1001, ""));

      assertThat(rig.client().isHungUp()).isTrue();
      assertThat(rig.upstream().isHungUp()).isTrue();
      StreamEnd end = rig.end();
      assertThat(end.result()).isEqualTo(StreamResult.UNDEPLOYED);
      assertThat(end.status()).isEqualTo(GONE);
      assertThat(end.detail()).isEmpty();
      rig.assertEndedOnce();
    }
  }

  @Test
  void peersThatHangUpInsteadOfAnsweringEndTheStreamAtOnce() throws Exception {
    try (Rig rig = Rig.start(Specs.webSocket("closeGraceMillis", LONG))) {
      rig.stream.close(StreamResult.KILLED, GONE);
      assertClose(rig.client(), false, 1001, "undeployed");
      assertClose(rig.upstream(), true, 1001, "undeployed");

      rig.client().close();
      rig.upstream().close();

      assertThat(rig.end().result()).isEqualTo(StreamResult.KILLED);
      rig.assertEndedOnce();
    }
  }

  @Test
  void ourCloseWaitsForTheEndOfTheFrame() throws Exception {
    byte[] part = pattern(256 * 1024);
    byte[] second = new Frame(false, Frame.CONTINUATION, false, part).encode();
    try (Rig rig = Rig.start(Specs.webSocket("closeGraceMillis", LONG))) {
      rig.upstream().send(Frame.of(Frame.BINARY, part).withoutFin());
      rig.upstream().send(Arrays.copyOf(second, 100_000));
      assertThat(rig.client().receiveFrame().payload()).isEqualTo(part);
      rig.stream.close(StreamResult.UNDEPLOYED, GONE);
      assertClose(rig.upstream(), true, 1001, "undeployed");

      rig.upstream().send(Arrays.copyOfRange(second, 100_000, second.length));
      rig.upstream().send(new Frame(false, Frame.CONTINUATION, false, part));
      rig.upstream().send(new Frame(true, Frame.CONTINUATION, false, part));
      rig.upstream().send(Frame.close(1001, ""));

      assertThat(rig.client().receiveFrame().payload()).isEqualTo(part);
      assertClose(rig.client(), false, 1001, "undeployed");
      rig.client().send(Frame.close(1001, "").withMask());
      assertThat(rig.client().isHungUp()).isTrue();
      assertThat(rig.end().status()).isEqualTo(GONE);
    }
  }

  @Test
  void aCloseThatIsNotAnsweredEndsAfterTheGrace() throws Exception {
    try (Rig rig = Rig.start(Specs.webSocket("closeGraceMillis", 100L))) {
      rig.stream.close(StreamResult.UNDEPLOYED, GONE);

      StreamEnd end = rig.end();
      assertThat(end.result()).isEqualTo(StreamResult.UNDEPLOYED);
      assertThat(end.detail()).isEqualTo("no answer to the close frame in time");
      assertThat(TimeUnit.NANOSECONDS.toMillis(end.nanos())).isBetween(100L, 5_000L);
      assertClose(rig.client(), false, 1001, "undeployed");
      assertThat(rig.client().isHungUp()).isTrue();
      rig.assertEndedOnce();
    }
  }

  @Test
  void aStalledPeerDoesNotKeepTheOtherFromItsCloseNorTheStreamFromItsEnd() throws Exception {
    try (Rig rig = Rig.startNarrow(Specs.webSocket("closeGraceMillis", 100L))) {
      Thread sender = flood(rig.upstream());
      rig.awaitStall();
      rig.stream.close(StreamResult.UPSTREAM_REMOVED, GONE);

      assertClose(rig.upstream(), true, 1001, "undeployed");
      assertThat(rig.end().result()).isEqualTo(StreamResult.UPSTREAM_REMOVED);
      rig.assertEndedOnce();
      sender.join();
    }
  }

  @Test
  void thePeersOwnHandshakePassesAsItIs() throws Exception {
    try (Rig rig = Rig.start(Specs.webSocket())) {
      rig.client().send(Frame.close(4321, "done here").withMask());
      assertClose(rig.upstream(), true, 4321, "done here");
      rig.upstream().send(Frame.close(4321, "done here")).endOutput();
      assertClose(rig.client(), false, 4321, "done here");
      rig.client().endOutput();

      StreamEnd end = rig.end();
      assertThat(end.result()).isEqualTo(StreamResult.CLOSED);
      assertThat(end.status()).isEqualTo(new CloseStatus(4321, "done here"));
      rig.assertEndedOnce();
    }
  }

  @Test
  void aCloseWithoutCodeIs1005() throws Exception {
    try (Rig rig = Rig.start(Specs.webSocket())) {
      rig.upstream().send(Frame.of(Frame.CLOSE, new byte[0])).endOutput();
      assertThat(rig.client().receiveFrame().payload()).isEmpty();
      rig.client().send(Frame.of(Frame.CLOSE, new byte[0]).withMask()).endOutput();

      StreamEnd end = rig.end();
      assertThat(end.result()).isEqualTo(StreamResult.CLOSED);
      assertThat(end.status().code()).isEqualTo(1005);
    }
  }

  @Test
  void peersThatDoNotHangUpAfterTheirHandshakeAreHungUpOn() throws Exception {
    try (Rig rig = Rig.start(Specs.webSocket("closeGraceMillis", 50L))) {
      rig.client().send(Frame.close(1000, "").withMask());
      rig.upstream().receiveFrame();
      rig.upstream().send(Frame.close(1000, ""));

      assertThat(rig.end().result()).isEqualTo(StreamResult.CLOSED);
      assertThat(rig.upstream().isHungUp()).isTrue();
    }
  }

  @Test
  void nothingAfterACloseFrameCounts() throws Exception {
    try (Rig rig = Rig.start(Specs.webSocket("maxFrame", 100L))) {
      rig.client().send(Frame.close(4000, "first").withMask());
      rig.client().send(Frame.close(4001, "second").withMask());
      rig.client().send(Frame.of(Frame.BINARY, pattern(500)).withMask());
      assertClose(rig.upstream(), true, 4000, "first");
      rig.upstream().send(Frame.close(4000, "")).endOutput();

      assertClose(rig.client(), false, 4000, "");
      rig.client().endOutput();
      assertThat(rig.upstream().receiveAll()).isEmpty();
      assertThat(rig.end().status()).isEqualTo(new CloseStatus(4000, "first"));
    }
  }

  @Test
  void anEndWithoutCloseFrameIsAnError() throws Exception {
    try (Rig rig = Rig.start(Specs.webSocket())) {
      rig.exchange();
      rig.upstream().close();

      assertThat(rig.client().isHungUp()).isTrue();
      rig.client().close();
      StreamEnd end = rig.end();
      assertThat(end.result()).isEqualTo(StreamResult.ERROR);
      assertThat(end.status().code()).isEqualTo(1006);
      rig.assertEndedOnce();
    }
  }

  @Test
  void aWebSocketThatIsHalfClosedEndsAfterTheGrace() throws Exception {
    try (Rig rig = Rig.start(Specs.webSocket("closeGraceMillis", 50L))) {
      rig.upstream().endOutput();

      assertThat(rig.end().result()).isEqualTo(StreamResult.ERROR);
      assertThat(rig.upstream().isHungUp()).isTrue();
    }
  }

  @Test
  void halfAFrameHeaderAtTheEndIsNotBegunOnTheOtherSide() throws Exception {
    byte[] frame = Frame.of(Frame.BINARY, pattern(300)).encode();
    try (Rig rig = Rig.start(Specs.webSocket())) {
      rig.upstream().send(frame).send(Arrays.copyOf(frame, 3)).endOutput();

      assertThat(rig.client().receiveAll()).isEqualTo(frame);
      rig.client().endOutput();
      assertThat(rig.end().status().code()).isEqualTo(1006);
      assertThat(rig.stream.bytesFromUpstream()).isEqualTo(frame.length);
    }
  }

  @Test
  void aResetIsAnErrorOfTheSideThatSentIt() throws Exception {
    try (Rig rig = Rig.start(Specs.webSocket())) {
      rig.exchange();
      rig.upstream().reset();

      assertThat(rig.client().isHungUp()).isTrue();
      StreamEnd end = rig.end();
      assertThat(end.result()).isEqualTo(StreamResult.ERROR);
      assertThat(end.detail()).isEqualTo("upstream: Connection reset");
      rig.assertEndedOnce();
    }
  }

  @Test
  void theReasonOfAServerThatRefusesAndHangsUpIsNotLost() throws Exception {
    try (Rig rig = Rig.start(Specs.webSocket("closeGraceMillis", LONG))) {
      rig.client().send(Frame.of(Frame.BINARY, pattern(1000)).withMask());
      rig.upstream().receive(10);
      CountDownLatch held = rig.holdLoop();
      rig.client().send(Frame.of(Frame.BINARY, pattern(1000)).withMask());
      rig.upstream().send(Frame.close(1009, "too big"));
      rig.upstream().close(); // a reset, because of the bytes it has not read
      held.countDown();

      assertClose(rig.client(), false, 1009, "too big");
      rig.client().close();
      StreamEnd end = rig.end();
      assertThat(end.result()).isEqualTo(StreamResult.CLOSED);
      assertThat(end.status()).isEqualTo(new CloseStatus(1009, "too big"));
      rig.assertEndedOnce();
    }
  }

  @Test
  void aFrameAboveTheLimitEndsTheStreamWith1009() throws Exception {
    try (Rig rig = Rig.start(Specs.webSocket("maxFrame", 100L))) {
      rig.client().send(Frame.of(Frame.BINARY, pattern(100)).withMask());
      rig.client().send(Frame.of(Frame.BINARY, pattern(101)).withMask());

      assertThat(rig.upstream().receiveFrame().payload()).hasSize(100);
      assertClose(rig.upstream(), true, 1009, "frame larger than 100 bytes");
      assertClose(rig.client(), false, 1009, "frame larger than 100 bytes");
      rig.upstream().close();
      rig.client().close();
      StreamEnd end = rig.end();
      assertThat(end.result()).isEqualTo(StreamResult.ERROR);
      assertThat(end.status().code()).isEqualTo(1009);
    }
  }

  @Test
  void aMessageAboveTheLimitEndsTheStreamWith1009() throws Exception {
    try (Rig rig = Rig.start(Specs.webSocket("maxMessage", 100L))) {
      rig.upstream().send(Frame.of(Frame.TEXT, pattern(60)).withoutFin());
      rig.upstream().send(new Frame(true, Frame.CONTINUATION, false, pattern(60)));

      assertThat(rig.client().receiveFrame().payload()).hasSize(60);
      assertClose(rig.client(), false, 1009, "message larger than 100 bytes");
    }
  }

  @Test
  void ourCloseDuringThePeersHandshakeLeavesTheirResult() throws Exception {
    try (Rig rig = Rig.start(Specs.webSocket("closeGraceMillis", LONG))) {
      rig.client().send(Frame.close(1000, "bye").withMask());
      assertClose(rig.upstream(), true, 1000, "bye");
      rig.stream.close(StreamResult.KILLED, GONE);
      assertClose(rig.client(), false, 1001, "undeployed");
      rig.upstream().send(Frame.close(1000, "bye"));

      StreamEnd end = rig.end();
      assertThat(end.result()).isEqualTo(StreamResult.CLOSED);
      assertThat(end.status()).isEqualTo(new CloseStatus(1000, "bye"));
      assertThat(rig.client().isHungUp()).isTrue();
    }
  }

  @Test
  void closesFromAllSidesAtOnceEndItOnce() throws Exception {
    for (int i = 0; i < 50; i++) {
      try (Rig rig = Rig.start(Specs.webSocket("closeGraceMillis", 20L))) {
        CountDownLatch go = new CountDownLatch(1);
        Thread one = at(go, () -> rig.stream.close(StreamResult.KILLED, GONE));
        Thread two = at(go, () -> rig.stream.doom(StreamResult.UPSTREAM_REMOVED, 0));
        Thread three = at(go, () -> rig.client().send(Frame.close(1000, "").withMask()));
        Thread four = at(go, () -> rig.upstream().send(Frame.close(1000, "")).close());
        Thread five = at(go, rig.stream::clientClosed);
        go.countDown();
        for (Thread thread : new Thread[] {one, two, three, four, five}) {
          thread.join();
        }

        assertThat(rig.end()).isNotNull();
        rig.assertEndedOnce();
      }
    }
  }

  static void assertClose(Peer peer, boolean masked, int code, String reason) throws IOException {
    Frame frame = peer.receiveFrame();
    assertThat(frame.opcode()).as("opcode").isEqualTo(Frame.CLOSE);
    assertThat(frame.closeCode()).isEqualTo(code);
    assertThat(frame.closeReason()).isEqualTo(reason);
    assertThat(frame.masked()).as("masked").isEqualTo(masked);
  }

  /** Sends until the other end resets. */
  private static Thread flood(Peer peer) {
    byte[] bytes = Frame.of(Frame.BINARY, pattern(64 * 1024)).encode();
    return HostThreads.start(
        "flood",
        () -> {
          try {
            for (int i = 0; i < 1000; i++) {
              peer.send(bytes);
            }
          } catch (IOException e) {
            assertThat(e).hasMessageFindingMatch("(?i)reset|broken pipe|closed");
          }
        });
  }

  private interface Action {
    void run() throws IOException;
  }

  private static Thread at(CountDownLatch go, Action action) {
    return HostThreads.start(
        "closer",
        () -> {
          try {
            assertThat(go.await(10, TimeUnit.SECONDS)).isTrue();
            action.run();
          } catch (IOException | InterruptedException e) {
            assertThat(e).isInstanceOf(IOException.class); // the stream was quicker
          }
        });
  }
}
