package dev.culvert.host.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.host.frame.CloseStatus;
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
