package dev.culvert.host.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.boundary.StreamSpec;
import dev.culvert.host.frame.CloseStatus;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What others do wrong around a stream. */
class FaultsTest {

  private final RuntimeException fault = new IllegalStateException("expected by the test");

  @Test
  void aListenerThatFailsAtTheOpeningFailsTheStream() throws Exception {
    try (Rig rig = Rig.create(Specs.opaque())) {
      rig.failureAtOpening = fault;
      rig.begin(new byte[0], new byte[0]);

      assertThat(rig.client().isHungUp()).isTrue();
      assertThat(rig.upstream().isHungUp()).isTrue();
      assertThat(rig.end().result()).isEqualTo(StreamResult.ERROR);
      rig.assertEndedOnce();
    }
  }

  @Test
  void aListenerThatFailsAtTheEndHarmsNothing() throws Exception {
    try (Rig rig = Rig.start(Specs.opaque())) {
      rig.failureAtEnd = fault;
      rig.stream.close(StreamResult.KILLED, CloseStatus.WITHOUT_FRAME);

      assertThat(rig.client().isHungUp()).isTrue();
      assertThat(rig.upstream().isHungUp()).isTrue();
      assertThat(rig.end().result()).isEqualTo(StreamResult.KILLED);
      rig.assertEndedOnce();
    }
  }

  @Test
  void aConnectionThatFailsToCloseDoesNotKeepTheOtherOpen() throws Exception {
    try (Rig rig = Rig.start(Specs.opaque())) {
      rig.failureOfConnections = fault;
      rig.stream.close(StreamResult.KILLED, CloseStatus.WITHOUT_FRAME);

      assertThat(rig.upstream().isHungUp()).isTrue();
      assertThat(rig.end().result()).isEqualTo(StreamResult.KILLED);
      rig.assertEndedOnce();
    }
  }

  /** Direct memory may run out anywhere; a stream that nobody goes on with must not stay. */
  @Test
  void anErrorAtTheBeginningEndsTheStream() throws Exception {
    Valve valve = new Valve();
    valve.error = new OutOfMemoryError("expected by the test");
    try (Rig rig = Rig.startOver(Specs.webSocket(), 0, valve::into, UnaryOperator.identity())) {
      assertEndedByError(rig);
    }
  }

  @Test
  void anErrorWhileCloseFramesAreSentEndsTheStream() throws Exception {
    Valve valve = new Valve();
    try (Rig rig = Rig.startOver(Specs.webSocket(), 0, UnaryOperator.identity(), valve::into)) {
      rig.loop.execute( // after the beginning of the stream
          () -> valve.error = new OutOfMemoryError("expected by the test"));
      rig.stream.close(StreamResult.KILLED, CloseStatus.sendable(1001, ""));

      assertThat(rig.end().result()).isEqualTo(StreamResult.KILLED);
      rig.assertEndedOnce();
    }
  }

  @Test
  void anErrorInATimerEndsTheStream() throws Exception {
    Valve valve = new Valve();
    StreamSpec pinging = Specs.webSocket("pingIntervalMillis", 200L);
    try (Rig rig = Rig.startOver(pinging, 0, valve::into, UnaryOperator.identity())) {
      valve.error = new OutOfMemoryError("expected by the test");
      assertEndedByError(rig);
    }
  }

  private static void assertEndedByError(Rig rig) throws Exception {
    StreamEnd end = rig.end();
    assertThat(end.result()).isEqualTo(StreamResult.ERROR);
    assertThat(end.detail()).isEqualTo("expected by the test");
    rig.assertEndedOnce();
  }

  @Test
  void aConnectionThatIsClosedAlreadyFailsTheStream() throws Exception {
    try (Rig rig = Rig.create(Specs.webSocket())) {
      rig.closeNearClient();
      rig.begin(new byte[0], new byte[0]);

      assertThat(rig.upstream().isHungUp()).isTrue();
      StreamEnd end = rig.end();
      assertThat(end.result()).isEqualTo(StreamResult.ERROR);
      assertThat(end.status().code()).isEqualTo(1006);
      rig.assertEndedOnce();
    }
  }

  @Test
  void aClientThatTheServerClosesEndsTheStream() throws Exception {
    try (Rig rig = Rig.start(Specs.webSocket())) {
      rig.stream.clientClosed();

      assertThat(rig.upstream().isHungUp()).isTrue();
      StreamEnd end = rig.end();
      assertThat(end.result()).isEqualTo(StreamResult.ERROR);
      assertThat(end.detail()).isEqualTo("client: closed by the server");
      rig.assertEndedOnce();
    }
  }

  @Test
  void aLoopThatEndsFailsItsStreams() throws Exception {
    try (Rig rig = Rig.start(Specs.opaque())) {
      rig.loop.close();

      assertThat(rig.client().isHungUp()).isTrue();
      assertThat(rig.upstream().isHungUp()).isTrue();
      assertThat(rig.end().result()).isEqualTo(StreamResult.ERROR);
    }
  }

  @Test
  void anOpaqueStreamThatIsResetIsAnError() throws Exception {
    try (Rig rig = Rig.start(Specs.opaque())) {
      rig.client().reset();

      assertThat(rig.upstream().isHungUp()).isTrue();
      StreamEnd end = rig.end();
      assertThat(end.result()).isEqualTo(StreamResult.ERROR);
      assertThat(end.detail()).isEqualTo("client: Connection reset");
      rig.assertEndedOnce();
    }
  }

  @Test
  void anOpaquePeerThatHangsUpOnBytesIsAnErrorWithinTheGrace() throws Exception {
    try (Rig rig = Rig.start(Specs.opaque("closeGraceMillis", 100L))) {
      rig.upstream().close();
      assertThat(rig.client().isHungUp()).isTrue();
      while (!rig.hasEnded()) {
        rig.client().send("nobody listens");
        rig.onLoop(() -> {});
      }

      StreamEnd end = rig.end();
      assertThat(end.result()).isEqualTo(StreamResult.ERROR);
      assertThat(end.detail()).startsWith("upstream: ");
      rig.assertEndedOnce();
    }
  }
}
