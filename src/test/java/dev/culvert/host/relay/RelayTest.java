package dev.culvert.host.relay;

import static dev.culvert.host.frame.Frame.pattern;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.boundary.StreamSpec;
import dev.culvert.host.frame.Frame;
import dev.culvert.host.loop.EventLoop;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes in at one side comes out at the other. */
class RelayTest {

  /** The loop's buffer: the most that may wait for a side. */
  private static final int BUFFER = 128 * 1024;

  enum Kind {
    OPAQUE,
    WEB_SOCKET;

    StreamSpec spec(Object... fields) {
      return this == OPAQUE ? Specs.opaque(fields) : Specs.webSocket(fields);
    }
  }

  @Test
  void relaysBothWays() throws Exception {
    try (Rig rig = Rig.start(Specs.opaque())) {
      rig.client().send("to the upstream");
      rig.upstream().send("to the client");

      assertThat(rig.upstream().receiveText(15)).isEqualTo("to the upstream");
      assertThat(rig.client().receiveText(13)).isEqualTo("to the client");
    }
  }

  @Test
  void halfCloseGoesThroughBothWaysAndCountsAreExact() throws Exception {
    try (Rig rig = Rig.start(Specs.opaque())) {
      rig.client().send(pattern(1234)).endOutput();
      assertThat(rig.upstream().receiveAll()).isEqualTo(pattern(1234));

      rig.upstream().send(pattern(4321)).endOutput();
      assertThat(rig.client().receiveAll()).isEqualTo(pattern(4321));

      assertThat(rig.end().result()).isEqualTo(StreamResult.CLOSED);
      assertThat(rig.stream.bytesToUpstream()).isEqualTo(1234);
      assertThat(rig.stream.bytesFromUpstream()).isEqualTo(4321);
      rig.assertEndedOnce();
    }
  }

  @Test
  void halfCloseComesAfterTheBytesThatWait() throws Exception {
    int length = 4 * 1024 * 1024;
    try (Rig rig = Rig.startNarrow(Specs.opaque())) {
      Thread sender =
          Rig.inBackground(() -> rig.upstream().send(pattern(length)).endOutput().receiveAll());
      rig.awaitStall();
      rig.client().send(pattern(1234)).endOutput();

      assertThat(rig.client().receiveAll()).isEqualTo(pattern(length));
      assertThat(rig.end().result()).isEqualTo(StreamResult.CLOSED);
      assertThat(rig.stream.bytesToUpstream()).isEqualTo(1234);
      assertThat(rig.stream.bytesFromUpstream()).isEqualTo(length);
      sender.join();
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aReaderThatPausesLosesNothingAndHoldsUpTheSender(Kind kind) throws Exception {
    int frames = 64;
    Frame frame = Frame.of(Frame.BINARY, pattern(1024 * 1024));
    byte[] bytes = frame.encode();
    long total = (long) frames * bytes.length;
    try (Rig rig = Rig.start(kind.spec())) {
      Thread sender =
          Rig.inBackground(
              () -> {
                for (int i = 0; i < frames; i++) {
                  rig.upstream().send(bytes);
                }
              });
      rig.awaitStall();
      assertThat(rig.stream.bytesFromUpstream()).isLessThan(total);

      for (int i = 0; i < frames; i++) {
        assertThat(rig.client().receive(bytes.length)).isEqualTo(bytes);
        rig.onLoop(
            () -> assertThat(rig.stream.client().pendingBytes()).isLessThanOrEqualTo(BUFFER));
      }
      sender.join();
      assertThat(rig.stream.bytesFromUpstream()).isEqualTo(total);
    }
  }

  @Test
  void aStalledPeerDelaysNoOtherStreamOfItsLoop() throws Exception {
    try (EventLoop loop = new EventLoop("shared");
        Rig stalled = Rig.startOn(loop, Specs.opaque(), 16 * 1024);
        Rig other = Rig.startOn(loop, Specs.opaque(), 0)) {
      Thread sender = Rig.inBackground(() -> stalled.upstream().send(pattern(8 * 1024 * 1024)));
      stalled.awaitStall();

      for (int i = 0; i < 100; i++) {
        other.client().send("ping");
        assertThat(other.upstream().receiveText(4)).isEqualTo("ping");
      }
      assertThat(stalled.hasEnded()).isFalse();
      stalled.client().reset();
      sender.join();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3_000_000})
  void whatWasReadBeforeTheStreamBeganComesFirst(int length) throws Exception {
    byte[] early = Frame.of(Frame.BINARY, pattern(length)).encode();
    try (Rig rig = Rig.create(Specs.webSocket())) {
      rig.client().send(Frame.text("after"));
      rig.upstream().send(Frame.text("after too"));
      rig.begin(early, early);

      assertThat(rig.upstream().receive(early.length)).isEqualTo(early);
      assertThat(rig.client().receive(early.length)).isEqualTo(early);
      assertThat(rig.upstream().receiveFrame().text()).isEqualTo("after");
      assertThat(rig.client().receiveFrame().text()).isEqualTo("after too");
    }
  }

  @Test
  void aFrameMayBeginInTheEarlyBytes() throws Exception {
    byte[] frame = Frame.close(4000, "early").withMask().encode();
    for (int cut = 0; cut <= frame.length; cut++) {
      byte[] first = Arrays.copyOfRange(frame, 0, cut);
      byte[] rest = Arrays.copyOfRange(frame, cut, frame.length);
      try (Rig rig = Rig.create(Specs.webSocket())) {
        rig.begin(first, new byte[0]).client().send(rest);

        assertThat(rig.upstream().receiveFrame().closeReason())
            .as("cut %d", cut)
            .isEqualTo("early");
      }
    }
  }

  @Test
  void theViewCountsFramesAndMessages() throws Exception {
    try (Rig rig = Rig.start(Specs.webSocket())) {
      rig.client().send(Frame.text("one").withMask()).send(Frame.text("two").withMask());
      rig.client().send(Frame.of(Frame.PING, pattern(2)).withMask());
      rig.upstream().receive(3 * 6 + 3 + 3 + 2);
      rig.upstream().send(Frame.text("three").withoutFin());
      rig.client().receiveFrame();

      var view = rig.stream.view();
      assertThat(view.framesToUpstream()).isEqualTo(3);
      assertThat(view.messagesToUpstream()).isEqualTo(2);
      assertThat(view.framesFromUpstream()).isEqualTo(1);
      assertThat(view.messagesFromUpstream()).isZero();
      assertThat(view.bytesToUpstream()).isEqualTo(26);
      assertThat(view.bytesFromUpstream()).isEqualTo(7);
      assertThat(view.state()).isEqualTo("open");
      assertThat(view.orphaned()).isFalse();
    }
  }
}
