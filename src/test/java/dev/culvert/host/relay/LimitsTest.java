package dev.culvert.host.relay;

import static dev.culvert.host.frame.Frame.pattern;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.boundary.StreamSpec;
import dev.culvert.host.frame.CloseStatus;
import dev.culvert.host.frame.Frame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Time limits, pings and dooms. */
class LimitsTest {

  private static final long LATER = 60_000L;

  @Test
  void aStreamWithoutTrafficIsIdle() throws Exception {
    try (Rig rig = Rig.start(Specs.webSocket("idleTimeoutMillis", 50L))) {
      CloseTest.assertClose(rig.client(), false, 1001, "idle timeout");
      CloseTest.assertClose(rig.upstream(), true, 1001, "idle timeout");
      rig.client().close();
      rig.upstream().close();

      assertEnd(rig, StreamResult.IDLE, 50);
    }
  }

  @Test
  void anOpaqueStreamWithoutTrafficIsJustClosed() throws Exception {
    try (Rig rig = Rig.start(Specs.opaque("idleTimeoutMillis", 50L))) {
      assertThat(rig.client().isHungUp()).isTrue();
      assertThat(rig.upstream().isHungUp()).isTrue();

      assertEnd(rig, StreamResult.IDLE, 50);
    }
  }

  @Test
  void trafficOfOneSideKeepsAStreamFromBeingIdle() throws Exception {
    try (Rig rig = Rig.start(Specs.opaque("idleTimeoutMillis", 1000L))) {
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1500);
      while (System.nanoTime() < end) {
        rig.upstream().send(pattern(100));
        assertThat(rig.client().receive(100)).hasSize(100);
      }

      assertEnd(rig, StreamResult.IDLE, 2_300);
    }
  }

  @Test
  void aSlowReaderIsNotIdle() throws Exception {
    int step = 8 * 1024;
    Semaphore ticks = new Semaphore(0);
    ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    try (Rig rig = Rig.startNarrow(Specs.opaque("idleTimeoutMillis", 700L))) {
      Thread sender = Rig.inBackground(() -> rig.upstream().send(pattern(2 * 1024 * 1024)));
      ScheduledFuture<?> ticking =
          clock.scheduleAtFixedRate(ticks::release, 60, 60, TimeUnit.MILLISECONDS);

      for (int i = 0; i < 45; i++) {
        assertThat(ticks.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
        assertThat(rig.client().receive(step)).hasSize(step);
        assertThat(rig.hasEnded()).as("ended after %d steps", i).isFalse();
      }
      assertThat(ticking.isDone()).isFalse();
      rig.client().reset();
      sender.join();
    } finally {
      clock.shutdownNow();
    }
  }

  @Test
  void pingsDoNotKeepAStreamFromBeingIdle() throws Exception {
    StreamSpec spec = Specs.webSocket("idleTimeoutMillis", 300L, "pingIntervalMillis", 20L);
    try (Rig rig = Rig.start(spec)) {
      int pings = 0;
      Frame frame = rig.client().receiveFrame();
      while (frame.opcode() == Frame.PING) {
        rig.client().send(Frame.of(Frame.PONG, frame.payload()).withMask());
        frame = rig.client().receiveFrame();
        pings++;
      }

      assertThat(pings).isPositive();
      assertThat(frame.closeReason()).isEqualTo("idle timeout");
    }
  }

  @Test
  void theAbsoluteLifeEndsInTheMidstOfTraffic() throws Exception {
    try (Rig rig = Rig.start(Specs.webSocket("timeoutMillis", 200L))) {
      byte[] frame = Frame.text("more").withMask().encode();
      Rig.inBackground(
          () -> {
            while (!rig.hasEnded()) {
              rig.client().send(frame);
              rig.upstream().receive(1);
            }
          });
      CloseTest.assertClose(rig.client(), false, 1001, "stream timeout");
      rig.client().close();
      rig.upstream().close();

      assertEnd(rig, StreamResult.TIMEOUT, 200);
    }
  }

  @Test
  void aStreamDoesNotOutliveItsCredential() throws Exception {
    StreamSpec spec = Specs.webSocket("expiresAt", System.currentTimeMillis() + 100);
    try (Rig rig = Rig.start(spec)) {
      CloseTest.assertClose(rig.client(), false, 1008, "credential expired");
      CloseTest.assertClose(rig.upstream(), true, 1008, "credential expired");
      rig.client().close();
      rig.upstream().close();

      StreamEnd end = rig.end();
      assertThat(end.result()).isEqualTo(StreamResult.EXPIRED);
      assertThat(end.status().code()).isEqualTo(1008);
    }
  }

  @Test
  void aCredentialThatHasEndedEndsTheStreamAtOnce() throws Exception {
    try (Rig rig = Rig.start(Specs.webSocket("expiresAt", 1L))) {
      CloseTest.assertClose(rig.client(), false, 1008, "credential expired");
    }
  }

  @Test
  void limitsOfCenturiesAreNotReached() throws Exception {
    StreamSpec spec =
        Specs.webSocket(
            "timeoutMillis", Long.MAX_VALUE,
            "idleTimeoutMillis", Long.MAX_VALUE,
            "pingIntervalMillis", Long.MAX_VALUE,
            "expiresAt", Long.MAX_VALUE);
    try (Rig rig = Rig.start(spec)) {
      rig.stream.doom(StreamResult.UNDEPLOYED, Long.MAX_VALUE);
      rig.exchange();
      rig.exchange();

      assertThat(rig.hasEnded()).isFalse();
    }
  }

  @Test
  void silentSidesGetPingsWhosePongsTheOtherDoesNotSee() throws Exception {
    try (Rig rig = Rig.start(Specs.webSocket("pingIntervalMillis", 30L))) {
      Frame toClient = rig.client().receiveFrame();
      Frame toUpstream = rig.upstream().receiveFrame();
      assertThat(toClient.opcode()).isEqualTo(Frame.PING);
      assertThat(toClient.masked()).isFalse();
      assertThat(toUpstream.opcode()).isEqualTo(Frame.PING);
      assertThat(toUpstream.masked()).isTrue();

      rig.client().send(Frame.of(Frame.PONG, toClient.payload()).withMask());
      rig.client()
          .send(Frame.of(Frame.PONG, "unasked!".getBytes(StandardCharsets.US_ASCII)).withMask());
      rig.client().send(Frame.text("after").withMask());

      assertThat(nextButPings(rig).text()).isEqualTo("unasked!");
      assertThat(nextButPings(rig).text()).isEqualTo("after");
      assertThat(rig.stream.view().framesToUpstream()).isEqualTo(2);
    }
  }

  @Test
  void aPongThatAnswersNoPingOfOursPasses() throws Exception {
    byte[] payload = ByteBuffer.allocate(Long.BYTES).putLong(Stream.PING).array();
    try (Rig rig = Rig.start(Specs.webSocket())) {
      rig.client().send(Frame.of(Frame.PONG, payload).withMask());

      assertThat(rig.upstream().receiveFrame().payload()).isEqualTo(payload);
    }
  }

  @Test
  void aPingWaitsForTheEndOfTheFrame() throws Exception {
    byte[] frame = Frame.of(Frame.BINARY, pattern(1000)).encode();
    try (Rig rig = Rig.start(Specs.webSocket("pingIntervalMillis", 30L))) {
      rig.upstream().send(Arrays.copyOf(frame, 500));
      for (int i = 0; i < 5; i++) {
        assertThat(rig.upstream().receiveFrame().opcode()).isEqualTo(Frame.PING);
      }
      rig.upstream().send(Arrays.copyOfRange(frame, 500, frame.length));

      Frame next = rig.client().receiveFrame();
      while (next.opcode() == Frame.PING) {
        next = rig.client().receiveFrame(); // before the frame began
      }
      assertThat(next.payload()).isEqualTo(pattern(1000));
      assertThat(rig.client().receiveFrame().opcode()).isEqualTo(Frame.PING);
    }
  }

  @Test
  void pingsDoNotPileUpAfterBytesThatWait() throws Exception {
    byte[] frame = Frame.of(Frame.BINARY, pattern(1000)).encode();
    try (Rig rig = Rig.startNarrow(Specs.webSocket("pingIntervalMillis", 10L))) {
      Thread sender =
          Rig.inBackground(
              () -> {
                for (int i = 0; i < 5000; i++) {
                  rig.upstream().send(frame);
                }
              });
      Awaitility.await().until(() -> pending(rig) > 0);
      for (int i = 0; i < 5; i++) {
        rig.upstream().receiveFrame();
      }
      int before = pending(rig);
      for (int i = 0; i < 10; i++) {
        rig.upstream().receiveFrame();
      }

      assertThat(pending(rig)).isEqualTo(before);
      rig.client().reset();
      sender.join();
    }
  }

  @Test
  void aDoomComesAfterItsDelay() throws Exception {
    try (Rig rig = Rig.start(Specs.webSocket())) {
      rig.stream.doom(StreamResult.UNDEPLOYED, 40);
      rig.exchange();

      CloseTest.assertClose(rig.client(), false, 1001, "undeployed");
      CloseTest.assertClose(rig.upstream(), true, 1001, "undeployed");
      rig.client().close();
      rig.upstream().close();
      assertEnd(rig, StreamResult.UNDEPLOYED, 40);
    }
  }

  @Test
  void theFirstDoomStands() throws Exception {
    try (Rig rig = Rig.start(Specs.opaque())) {
      rig.stream.doom(StreamResult.UNDEPLOYED, LATER);
      rig.stream.doom(StreamResult.UNDEPLOYED, 0);
      rig.stream.doom(StreamResult.UPSTREAM_REMOVED, 50);

      assertEnd(rig, StreamResult.UPSTREAM_REMOVED, 50);
    }
  }

  @Test
  void aNaturalEndComesBeforeADoom() throws Exception {
    try (Rig rig = Rig.start(Specs.opaque())) {
      rig.stream.doom(StreamResult.UNDEPLOYED, LATER);
      rig.client().endOutput();
      rig.upstream().endOutput();

      assertThat(rig.end().result()).isEqualTo(StreamResult.CLOSED);
      rig.assertEndedOnce();
    }
  }

  @Test
  void aPardonTakesBackARemovalOnly() throws Exception {
    try (Rig rig = Rig.start(Specs.opaque())) {
      rig.stream.doom(StreamResult.UPSTREAM_REMOVED, 60);
      rig.stream.doom(StreamResult.UNDEPLOYED, 200);
      rig.stream.pardonRemoval();

      assertEnd(rig, StreamResult.UNDEPLOYED, 200);
    }
  }

  @Test
  void aRemovalAfterAPardonCountsFromItsOwnBegin() throws Exception {
    try (Rig rig = Rig.start(Specs.opaque())) {
      rig.stream.doom(StreamResult.UPSTREAM_REMOVED, 50);
      rig.stream.pardonRemoval();
      rig.stream.doom(StreamResult.UPSTREAM_REMOVED, 150);

      assertEnd(rig, StreamResult.UPSTREAM_REMOVED, 150);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = StreamResult.class,
      names = {"KILLED", "SHUTDOWN"})
  void anOpaqueStreamIsJustClosed(StreamResult why) throws Exception {
    try (Rig rig = Rig.start(Specs.opaque())) {
      rig.stream.close(why, new CloseStatus(1001, ""));

      assertThat(rig.client().isHungUp()).isTrue();
      assertThat(rig.upstream().isHungUp()).isTrue();
      assertThat(rig.end().result()).isEqualTo(why);
      rig.assertEndedOnce();
    }
  }

  private static void assertEnd(Rig rig, StreamResult result, long atLeastMillis)
      throws InterruptedException {
    StreamEnd end = rig.end();
    assertThat(end.result()).isEqualTo(result);
    assertThat(TimeUnit.NANOSECONDS.toMillis(end.nanos())).isGreaterThanOrEqualTo(atLeastMillis);
    rig.assertEndedOnce();
  }

  private static Frame nextButPings(Rig rig) throws IOException {
    Frame frame = rig.upstream().receiveFrame();
    return frame.opcode() == Frame.PING ? nextButPings(rig) : frame;
  }

  private static int pending(Rig rig) {
    int[] pending = new int[1];
    rig.onLoop(() -> pending[0] = rig.stream.client().pendingBytes());
    return pending[0];
  }
}
