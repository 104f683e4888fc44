package dev.culvert.host.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.boundary.StreamSpec;
import dev.culvert.host.frame.Frame;
import dev.culvert.host.loop.EventLoop;
import dev.culvert.host.loop.HostThreads;
import dev.culvert.host.loop.Loopback;
import dev.culvert.host.loop.Peer;
import dev.culvert.host.wire.SocketWire;
import dev.culvert.host.wire.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;

/** A stream between two peers that the test plays. */
final class Rig implements AutoCloseable, StreamListener {

  private static final byte[] NOTHING = {};

  final EventLoop loop;
  final Stream stream;

  /** What the listener and the connections throw, when a test wants them to. */
  volatile RuntimeException failureAtOpening;

  volatile RuntimeException failureAtEnd;
  volatile RuntimeException failureOfConnections;

  private final boolean ownsLoop;
  private final Loopback client;
  private final Loopback upstream;
  private final AtomicInteger closes = new AtomicInteger();
  private final CountDownLatch opened = new CountDownLatch(1);
  private final BlockingQueue<StreamEnd> ends = new LinkedBlockingQueue<>();

  private Rig(StreamSpec spec, EventLoop loop, boolean ownsLoop, int bufferSize) {
    this(spec, loop, ownsLoop, bufferSize, UnaryOperator.identity(), UnaryOperator.identity());
  }

  private Rig(
      StreamSpec spec,
      EventLoop loop,
      boolean ownsLoop,
      int bufferSize,
      UnaryOperator<Wire> clientSide,
      UnaryOperator<Wire> upstreamSide) {
    this.loop = loop;
    this.ownsLoop = ownsLoop;
    client = Loopback.connect(bufferSize);
    upstream = Loopback.connect();
    stream =
        new Stream(
            "s-1",
            7,
            spec,
            loop,
            clientSide.apply(near(client)),
            upstreamSide.apply(near(upstream)),
            this);
  }

  /** A stream that relays already, on a loop of its own. */
  static Rig start(StreamSpec spec) throws InterruptedException {
    return create(spec).begin(NOTHING, NOTHING);
  }

  /** A stream whose client has small socket buffers. */
  static Rig startNarrow(StreamSpec spec) throws InterruptedException {
    return new Rig(spec, new EventLoop("rig"), true, 16 * 1024).begin(NOTHING, NOTHING);
  }

  /** Hands both peers a message over the stream and waits until they have it. */
  void exchange() throws IOException {
    client().send(Frame.text("to upstream").withMask());
    upstream().send(Frame.text("to client"));
    assertThat(upstream().receiveFrame().text()).isEqualTo("to upstream");
    assertThat(client().receiveFrame().text()).isEqualTo("to client");
  }

  /** A stream that does not relay yet. */
  static Rig create(StreamSpec spec) {
    return new Rig(spec, new EventLoop("rig"), true, 0);
  }

  /** A stream with something between its connections and their sockets. */
  static Rig startOver(
      StreamSpec spec, int bufferSize, UnaryOperator<Wire> client, UnaryOperator<Wire> upstream)
      throws InterruptedException {
    return new Rig(spec, new EventLoop("rig"), true, bufferSize, client, upstream)
        .begin(NOTHING, NOTHING);
  }

  /** A stream that shares its loop with others. */
  static Rig startOn(EventLoop loop, StreamSpec spec, int bufferSize) throws InterruptedException {
    return new Rig(spec, loop, false, bufferSize).begin(NOTHING, NOTHING);
  }

  Rig begin(byte[] earlyFromClient, byte[] earlyFromUpstream) throws InterruptedException {
    loop.execute(
        () -> stream.start(ByteBuffer.wrap(earlyFromClient), ByteBuffer.wrap(earlyFromUpstream)));
    assertThat(opened.await(10, TimeUnit.SECONDS)).isTrue();
    return this;
  }

  private Wire near(Loopback connection) {
    return new SocketWire(
        connection.near(),
        () -> {
          closes.incrementAndGet();
          try {
            connection.near().close();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          fail(failureOfConnections);
        });
  }

  Peer client() {
    return client.far();
  }

  Peer upstream() {
    return upstream.far();
  }

  /** Closes the client's connection as a server does that loses it. */
  void closeNearClient() throws IOException {
    client.near().close();
  }

  /** Waits for the end of the stream. */
  StreamEnd end() throws InterruptedException {
    StreamEnd end = ends.poll(10, TimeUnit.SECONDS);
    assertThat(end).as("end of the stream").isNotNull();
    return end;
  }

  boolean hasEnded() {
    return !ends.isEmpty();
  }

  /** Whether it ended once only and each connection was closed once. */
  void assertEndedOnce() {
    onLoop(() -> {});
    assertThat(ends).as("further ends").isEmpty();
    assertThat(closes).as("closed connections").hasValue(2);
  }

  /** Keeps the loop from doing anything until the latch is counted down. */
  CountDownLatch holdLoop() throws InterruptedException {
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch holding = new CountDownLatch(1);
    loop.execute(
        () -> {
          holding.countDown();
          try {
            assertThat(held.await(10, TimeUnit.SECONDS)).isTrue();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    assertThat(holding.await(10, TimeUnit.SECONDS)).isTrue();
    return held;
  }

  /** Waits until bytes wait for a client that does not read. */
  void awaitStall() {
    Awaitility.await()
        .atMost(20, TimeUnit.SECONDS)
        .until(
            () -> {
              boolean[] stalled = new boolean[1];
              onLoop(() -> stalled[0] = stream.client().pendingBytes() > 0);
              return stalled[0];
            });
  }

  /** What a peer does meanwhile. */
  interface Work {
    void run() throws IOException;
  }

  /** Has a peer work on a thread of its own; the stream may end under it. */
  static Thread inBackground(Work work) {
    return HostThreads.start(
        "peer",
        () -> {
          try {
            work.run();
          } catch (SocketException e) {
            assertThat(e).hasMessageFindingMatch("reset|Broken pipe|closed");
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  void onLoop(Runnable task) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    loop.execute(
        () -> {
          try {
            task.run();
            done.complete(null);
          } catch (RuntimeException | Error e) {
            done.completeExceptionally(e);
          }
        });
    try {
      done.get(10, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError("task on the loop", e);
    }
  }

  @Override
  public void opened(Stream opening) {
    opened.countDown();
    fail(failureAtOpening);
  }

  @Override
  public void ended(Stream ending, StreamEnd end) {
    ends.add(end);
    fail(failureAtEnd);
  }

  private static void fail(RuntimeException failure) {
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public void close() throws IOException {
    client.close();
    upstream.close();
    if (ownsLoop) {
      loop.close();
    }
  }
}
