package dev.culvert.bench;

import com.sun.management.ThreadMXBean;
import dev.culvert.boundary.StreamSpec;
import dev.culvert.host.frame.Frame;
import dev.culvert.host.loop.EventLoop;
import dev.culvert.host.relay.Specs;
import dev.culvert.host.relay.Stream;
import dev.culvert.host.relay.StreamEnd;
import dev.culvert.host.relay.StreamListener;
import dev.culvert.host.wire.SocketWire;
import dev.culvert.host.wire.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A message through a stream and back again, over loopback sockets. The benchmark's thread plays
 * both peers, so what is allocated is allocated by the relay. {@code mvn -Pjmh clean verify}
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class RelayJmh {

  /** What the stream carries. */
  public enum Kind {
    OPAQUE,
    WEB_SOCKET
  }

  @Param({"OPAQUE", "WEB_SOCKET"})
  public Kind kind;

  @Param({"100", "16384"})
  public int size;

  private final EventLoop loop = new EventLoop("jmh-loop");
  private SocketChannel client;
  private SocketChannel upstream;
  private ByteBuffer message;
  private ByteBuffer received;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private volatile long loopThread;
  private long messages;
  private long allocated;

  @Setup
  public void open() throws IOException {
    byte[] payload = Frame.pattern(size);
    boolean framed = kind == Kind.WEB_SOCKET;
    byte[] bytes = framed ? Frame.of(Frame.BINARY, payload).withMask().encode() : payload;
    message = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    received = ByteBuffer.allocateDirect(bytes.length);
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      Wire clientSide = near(server);
      client = far(server);
      Wire upstreamSide = near(server);
      upstream = far(server);
      StreamSpec spec = framed ? Specs.webSocket() : Specs.opaque();
      Stream stream = new Stream("jmh", 1, spec, loop, clientSide, upstreamSide, new Nobody());
      loop.execute(
          () -> {
            loopThread = Thread.currentThread().getId();
            stream.start(ByteBuffer.allocate(0), ByteBuffer.allocate(0));
          });
    }
    roundTrip(); // the loop has told its thread when the message is back
  }

  /** There and back. */
  @Benchmark
  public void roundTrip() throws IOException {
    pass(client, upstream);
    pass(upstream, client);
    messages += 2;
  }

  private void pass(SocketChannel from, SocketChannel to) throws IOException {
    message.rewind();
    while (message.hasRemaining()) {
      from.write(message);
    }
    received.clear();
    while (received.hasRemaining()) {
      to.read(received);
    }
  }

  @Setup(Level.Iteration)
  public void beginIteration() {
    messages = 0;
    allocated = threads.getThreadAllocatedBytes(loopThread);
  }

  /** The profiler counts what JMH itself allocates too; this is the loop's thread alone. */
  @TearDown(Level.Iteration)
  public void endIteration() {
    long bytes = threads.getThreadAllocatedBytes(loopThread) - allocated;
    System.out.printf("%nevent loop: %.3f B/message  ", (double) bytes / messages);
  }

  @TearDown
  public void close() throws IOException {
    client.close();
    upstream.close();
    loop.close();
  }

  private static SocketChannel far(ServerSocketChannel server) throws IOException {
    SocketChannel channel = server.accept();
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    return channel;
  }

  private static Wire near(ServerSocketChannel server) throws IOException {
    SocketChannel channel = SocketChannel.open(server.getLocalAddress());
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.configureBlocking(false);
    return new SocketWire(channel, () -> close(channel));
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Nobody implements StreamListener {
    @Override
    public void opened(Stream stream) {}

    @Override
    public void ended(Stream stream, StreamEnd end) {}
  }
}
