package dev.culvert.host.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.host.loop.ChannelHandler;
import dev.culvert.host.loop.EventLoop;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The near side is played on a loop as a stream plays it, the far side by the test's thread. */
@Timeout(30)
class BufferWireTest {

  private static final int CAPACITY = ByteQueue.CAPACITY;

  private final EventLoop loop = new EventLoop("wire");
  private final Semaphore signals = new Semaphore(0);
  private final BufferWire wire = new BufferWire(signals::release);
  private final ByteChannel far = wire.channel();
  private final Near near = new Near();

  /** Wants to hear of one thing once, then of nothing. */
  private final class Near implements ChannelHandler {
    final BlockingQueue<Integer> readiness = new LinkedBlockingQueue<>();

    @Override
    public void ready(int operations) {
      wire.interest(0);
      readiness.add(operations);
    }

    @Override
    public void failed(Throwable cause) {
      throw new AssertionError(cause);
    }
  }

  @BeforeEach
  void attach() throws Exception {
    onLoop(
        () -> {
          wire.attach(loop, near);
          return null;
        });
  }

  @AfterEach
  void end() {
    loop.close();
  }

  @Test
  void bytesPassBothWays() throws Exception {
    assertThat(far.write(bytes("to the stream"))).isEqualTo(13);
    assertThat(readNear()).isEqualTo("to the stream");
    assertThat(writeNear(bytes("from the stream"))).isEqualTo(15);
    assertThat(readFar()).isEqualTo("from the stream");
  }

  @Test
  void anIdleWireOwnsNoMemory() throws Exception {
    far.write(bytes("a"));
    writeNear(bytes("b"));
    assertThat(wire.memory()).isPositive();
    readNear();
    readFar();

    assertThat(wire.memory()).isZero();
  }

  @Test
  void theMemoryOfASlowSideIsBounded() throws Exception {
    ByteBuffer tooMuch = ByteBuffer.allocate(3 * CAPACITY);
    assertThat(far.write(tooMuch)).isEqualTo(CAPACITY);
    assertThat(far.write(tooMuch)).isZero();
    assertThat(writeNear(ByteBuffer.allocate(3 * CAPACITY))).isEqualTo(CAPACITY);

    assertThat(wire.memory()).isEqualTo(2 * CAPACITY);
  }

  @Test
  void theStreamHearsOfBytesOnlyWhenItAsks() throws Exception {
    far.write(bytes("x"));
    onLoop(() -> near.readiness.isEmpty());
    assertThat(near.readiness).isEmpty();
    want(SelectionKey.OP_READ);

    assertThat(near.readiness.take()).isEqualTo(SelectionKey.OP_READ);
  }

  @Test
  void theStreamHearsOfBytesThatComeLater() throws Exception {
    want(SelectionKey.OP_READ);
    far.write(bytes("x"));

    assertThat(near.readiness.take()).isEqualTo(SelectionKey.OP_READ);
  }

  @Test
  void theStreamHearsOfRoom() throws Exception {
    writeNear(ByteBuffer.allocate(CAPACITY));
    want(SelectionKey.OP_WRITE);
    assertThat(near.readiness).isEmpty();
    far.read(ByteBuffer.allocate(1));

    assertThat(near.readiness.take()).isEqualTo(SelectionKey.OP_WRITE);
  }

  @Test
  void whoReadNothingIsToldOnceOfBytes() throws Exception {
    assertThat(readFar()).isEmpty();
    writeNear(bytes("a"));
    writeNear(bytes("b"));

    assertThat(signals.availablePermits()).isEqualTo(1);
    assertThat(readFar()).isEqualTo("ab");
  }

  @Test
  void whoFoundNoRoomIsToldOfIt() throws Exception {
    far.write(ByteBuffer.allocate(CAPACITY + 1));
    assertThat(signals.availablePermits()).isZero();
    readNear();

    assertThat(signals.availablePermits()).isEqualTo(1);
  }

  @Test
  void endsOfInputAndOutputComeAfterTheBytes() throws Exception {
    far.write(bytes("last"));
    wire.endInput();
    assertThat(readNear()).isEqualTo("last");
    assertThat(onLoop(() -> wire.read(ByteBuffer.allocate(1)))).isEqualTo(-1);

    writeNear(bytes("answer"));
    shutdownNear();
    assertThat(readFar()).isEqualTo("answer");
    assertThat(far.read(ByteBuffer.allocate(1))).isEqualTo(-1);
  }

  @Test
  void whatTheStreamSaidBeforeItEndedIsStillRead() throws Exception {
    writeNear(bytes("bye"));
    closeNear();

    assertThat(signals.availablePermits()).isEqualTo(1);
    assertThat(far.isOpen()).isFalse();
    assertThat(readFar()).isEqualTo("bye");
    assertThat(far.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    assertThatThrownBy(() -> far.write(bytes("x"))).isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void whatAClientSaidBeforeItLeftIsStillRelayed() throws Exception {
    far.write(bytes("bye"));
    wire.fail("reset");

    assertThat(readNear()).isEqualTo("bye");
    assertThatThrownBy(() -> readNear()).hasRootCauseMessage("reset");
    assertThatThrownBy(() -> writeNear(bytes("x"))).hasRootCauseMessage("reset");
  }

  @Test
  void aClientMayLeaveWhenTheStreamHasSaidAll() throws Exception {
    shutdownNear();
    far.close();

    assertThat(far.isOpen()).isFalse();
    assertThat(onLoop(() -> wire.read(ByteBuffer.allocate(1)))).isEqualTo(-1);
  }

  @Test
  void nobodyIsToldAfterTheClientLeft() throws Exception {
    readFar();
    far.close();
    shutdownNear();
    closeNear();

    assertThat(signals.availablePermits()).isZero();
  }

  @Test
  void aFaultySignalHarmsNobody() throws Exception {
    BufferWire faulty =
        new BufferWire(
            () -> {
              throw new IllegalStateException("as the test wants it");
            });
    faulty.channel().read(ByteBuffer.allocate(1));

    assertThat(onLoop(() -> faulty.write(bytes("x")))).isEqualTo(1);
  }

  @Test
  void aWireThatIsAlwaysReadyDoesNotKeepOutOthers() throws Exception {
    CompletableFuture<Void> timerRan = new CompletableFuture<>();
    ChannelHandler greedy =
        new ChannelHandler() {
          @Override
          public void ready(int operations) {}

          @Override
          public void failed(Throwable cause) {}
        };
    onLoop(
        () -> {
          wire.attach(loop, greedy);
          wire.interest(SelectionKey.OP_WRITE);
          loop.arm(
              new dev.culvert.host.loop.Timer() {
                @Override
                protected void expired(long now) {
                  timerRan.complete(null);
                }
              },
              loop.now());
          return null;
        });

    timerRan.get(10, TimeUnit.SECONDS);
    closeNear();
  }

  /** Odd sizes on both sides, each waiting for the other in turn: every byte, in order. */
  @Test
  void nothingIsLostBetweenTwoThreads() throws Exception {
    byte[] sent = new byte[4 * 1024 * 1024];
    new Random(7).nextBytes(sent);
    Relay relay = new Relay();
    onLoop(
        () -> {
          wire.attach(loop, relay);
          wire.interest(SelectionKey.OP_READ);
          return null;
        });
    ByteBuffer source = ByteBuffer.wrap(sent);
    ByteBuffer target = ByteBuffer.allocate(30_011);
    ByteArrayOutputStream received = new ByteArrayOutputStream();
    while (received.size() < sent.length) {
      source.limit(Math.min(sent.length, source.position() + 50_021));
      int moved = far.write(source) + far.read(target.clear());
      received.write(target.array(), 0, target.position());
      if (moved == 0) {
        assertThat(signals.tryAcquire(10, TimeUnit.SECONDS)).as("told to go on").isTrue();
      }
    }

    assertThat(received.toByteArray()).isEqualTo(sent);
  }

  /** Echoes, with a buffer that is smaller than the queues; on the loop. */
  private final class Relay implements ChannelHandler {
    private final ByteBuffer buffer = ByteBuffer.allocate(40_009).limit(0);

    @Override
    public void ready(int operations) throws IOException {
      if (!buffer.hasRemaining()) {
        wire.read(buffer.clear());
        buffer.flip();
      }
      wire.write(buffer);
      wire.interest(buffer.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
    }

    @Override
    public void failed(Throwable cause) {
      throw new AssertionError(cause);
    }
  }

  private void want(int operations) throws Exception {
    onLoop(
        () -> {
          wire.interest(operations);
          return null;
        });
  }

  private void shutdownNear() throws Exception {
    onLoop(
        () -> {
          wire.shutdownOutput();
          return null;
        });
  }

  private void closeNear() throws Exception {
    onLoop(
        () -> {
          wire.close();
          return null;
        });
  }

  private String readNear() throws Exception {
    ByteBuffer buffer = ByteBuffer.allocate(2 * CAPACITY);
    onLoop(() -> wire.read(buffer));
    return text(buffer);
  }

  private int writeNear(ByteBuffer buffer) throws Exception {
    return onLoop(() -> wire.write(buffer));
  }

  private String readFar() throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(2 * CAPACITY);
    far.read(buffer);
    return text(buffer);
  }

  private <T> T onLoop(Callable<T> task) throws Exception {
    CompletableFuture<T> done = new CompletableFuture<>();
    loop.execute(
        () -> {
          try {
            done.complete(task.call());
          } catch (Exception e) {
            done.completeExceptionally(e);
          }
        });
    return done.get(10, TimeUnit.SECONDS);
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String text(ByteBuffer buffer) {
    return StandardCharsets.US_ASCII.decode(buffer.flip()).toString();
  }

  @Test
  void aListenerLearnsOnceThatTheFarSideIsGoneThoughNothingIsRead() {
    Semaphore told = new Semaphore(0);
    wire.onFailed(told::release);

    wire.fail("gone");
    wire.fail("gone again");

    assertThat(told.availablePermits()).isEqualTo(1);
    assertThat(near.readiness).isEmpty();
  }

  @Test
  void aListenerThatComesLateLearnsAtOnce() {
    Semaphore told = new Semaphore(0);
    wire.fail("gone");

    wire.onFailed(told::release);

    assertThat(told.availablePermits()).isEqualTo(1);
  }
}
