package dev.culvert.host.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.boundary.StreamSpec;
import dev.culvert.host.frame.CloseStatus;
import dev.culvert.host.frame.Frame;
import dev.culvert.host.loop.EventLoops;
import dev.culvert.host.loop.HostThreads;
import dev.culvert.host.loop.Peer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Many streams, everything that can happen to one, in an order that only the seed knows. */
class SoakTest {

  private static final long SEED = 20_260_101;
  private static final int STREAMS = 24;
  private static final long NANOS = TimeUnit.SECONDS.toNanos(3);
  private static final CloseStatus GONE = new CloseStatus(1001, "soak");

  private final Random random = new Random(SEED);
  private final AtomicReference<Throwable> fault = new AtomicReference<>();

  @Test
  void everyStreamDeliversInOrderAndEndsOnce() throws Exception {
    int ended = 0;
    try (EventLoops loops = new EventLoops("soak", 2)) {
      List<Pair> pairs = new ArrayList<>();
      long end = System.nanoTime() + NANOS;
      while (System.nanoTime() < end && fault.get() == null) {
        if (pairs.size() < STREAMS) {
          pairs.add(new Pair(loops));
        }
        int chosen = random.nextInt(pairs.size());
        Pair pair = pairs.get(chosen);
        pair.act(random.nextInt(100));
        if (pair.rig.hasEnded()) {
          pairs.remove(chosen);
          pair.finish();
          ended++;
        }
      }
      for (Pair pair : pairs) {
        pair.rig.stream.close(StreamResult.SHUTDOWN, GONE);
      }
      for (Pair pair : pairs) {
        pair.finish();
        ended++;
      }
    }
    assertThat(fault.get()).isNull();
    assertThat(ended).isGreaterThan(STREAMS);
  }

  /** A stream whose peers check what they get. */
  private final class Pair {
    final Rig rig;
    private int sentByClient;
    private int sentByUpstream;

    Pair(EventLoops loops) throws InterruptedException {
      StreamSpec spec =
          Specs.webSocket(
              "closeGraceMillis", 50L,
              "pingIntervalMillis", random.nextBoolean() ? 5L : 0L,
              "idleTimeoutMillis", random.nextInt(10) == 0 ? 40L : 0L);
      rig = Rig.startOn(loops.next(), spec, random.nextBoolean() ? 16 * 1024 : 0);
      HostThreads.start("soak-client", () -> check(rig.client(), true));
      HostThreads.start("soak-upstream", () -> check(rig.upstream(), false));
    }

    void act(int dice) {
      try {
        if (dice < 45) {
          rig.client().send(message(sentByClient++).withMask());
        } else if (dice < 90) {
          rig.upstream().send(message(sentByUpstream++));
        } else {
          actRarely(dice);
        }
      } catch (IOException e) {
        assertThat(e).hasMessageFindingMatch("(?i)reset|broken pipe|closed|shutdown");
      }
    }

    private void actRarely(int dice) throws IOException {
      switch (dice) {
        case 90 -> rig.stream.close(StreamResult.KILLED, GONE);
        case 91 -> rig.stream.doom(StreamResult.UNDEPLOYED, random.nextInt(10));
        case 92, 93 -> rig.stream.doom(StreamResult.UPSTREAM_REMOVED, random.nextInt(10));
        case 94, 95 -> rig.stream.pardonRemoval();
        case 96 -> rig.client().send(Frame.close(1000, "").withMask());
        case 97 -> rig.upstream().endOutput();
        case 98 -> rig.client().reset();
        default -> rig.upstream().send(Frame.of(Frame.PING, Frame.pattern(9)));
      }
    }

    private Frame message(int number) {
      int length = random.nextInt(10) == 0 ? 70_000 : random.nextInt(300);
      ByteBuffer payload = ByteBuffer.allocate(Integer.BYTES + length).putInt(number);
      return Frame.of(Frame.BINARY, payload.put(Frame.pattern(length)).array());
    }

    /** Reads to the end; messages come whole and in order. */
    private void check(Peer peer, boolean masks) {
      int next = 0;
      try {
        while (true) {
          Frame frame = peer.receiveFrame();
          if (frame.opcode() == Frame.BINARY) {
            assertThat(ByteBuffer.wrap(frame.payload()).getInt()).isEqualTo(next++);
            byte[] pattern = Frame.pattern(frame.payload().length - Integer.BYTES);
            assertThat(frame.payload()).endsWith(pattern);
          } else if (frame.opcode() == Frame.CLOSE) {
            Frame answer = Frame.close(1000, "");
            peer.send(masks ? answer.withMask() : answer);
          } else {
            assertThat(frame.opcode()).isEqualTo(Frame.PING);
          }
        }
      } catch (IOException e) {
        assertThat(e).isInstanceOf(IOException.class); // the stream is over
      } catch (RuntimeException | Error e) {
        fault.compareAndSet(null, e);
      }
    }

    void finish() throws Exception {
      assertThat(rig.end().nanos()).isPositive();
      rig.assertEndedOnce();
      rig.close();
    }
  }
}
