package dev.culvert.host.dial;

import dev.culvert.boundary.DialResult;
import dev.culvert.boundary.DialSpec;
import dev.culvert.host.loop.ChannelHandler;
import dev.culvert.host.loop.EventLoop;
import dev.culvert.host.loop.Timer;
import dev.culvert.host.wire.SocketWire;
import dev.culvert.host.wire.Wire;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One handshake with an upstream: addresses are tried until one connects, then the request head is
 * written and the response read. Everything happens on one event loop; {@link #start} and {@link
 * #cancel} may be called by any thread.
 */
public final class Dial implements ChannelHandler {

  private static final Logger LOG = System.getLogger("dev.culvert.host");
  private static final int FIRST_HEAD_SIZE = 1024;

  private final EventLoop loop;
  private final Resolver resolver;
  private final DialSpec spec;
  private final Consumer<DialOutcome> whenDone;

  private final Timer connectTimeout =
      new Timer() {
        @Override
        protected void expired(long now) {
          nextAddress("connect timeout after " + spec.connectTimeoutMillis() + " ms");
        }
      };
  private final Timer handshakeTimeout =
      new Timer() {
        @Override
        protected void expired(long now) {
          String found = connected ? "no complete response" : "not connected";
          end(
              DialOutcome.failed(
                  DialResult.TIMEOUT,
                  index,
                  found + " after " + spec.handshakeTimeoutMillis() + " ms"));
        }
      };

  private int index = -1;
  private Iterator<InetSocketAddress> resolved = List.<InetSocketAddress>of().iterator();
  private final StringBuilder failures = new StringBuilder();

  /** While it connects; then its {@link #wire} owns it. */
  private SocketChannel channel;

  private Wire wire;
  private ByteBuffer request;
  private boolean connected;
  private byte[] head = new byte[FIRST_HEAD_SIZE];
  private int headLength;
  private ResponseHead response;
  private BodyReader body;
  private boolean done;

  /**
   * Prepares a dial.
   *
   * @param whenDone called exactly once, on the loop
   */
  public Dial(EventLoop loop, Resolver resolver, DialSpec spec, Consumer<DialOutcome> whenDone) {
    this.loop = loop;
    this.resolver = resolver;
    this.spec = spec;
    this.whenDone = whenDone;
  }

  /** Begins. */
  public void start() {
    loop.execute(
        () -> {
          if (done) {
            return;
          }
          loop.arm(
              handshakeTimeout,
              loop.now() + TimeUnit.MILLISECONDS.toNanos(spec.handshakeTimeoutMillis()));
          nextName();
        });
  }

  /** Gives up; the outcome is a time-out. */
  public void cancel() {
    loop.execute(() -> end(DialOutcome.failed(DialResult.TIMEOUT, index, "cancelled")));
  }

  private void nextName() {
    if (++index == spec.addresses().size()) {
      end(DialOutcome.failed(DialResult.CONNECT_FAILED, index - 1, failures.toString()));
      return;
    }
    int attempt = index;
    resolver.resolve(
        spec.addresses().get(index),
        new Resolver.Callback() {
          @Override
          public void resolved(List<InetSocketAddress> addresses) {
            loop.execute(() -> resolvedName(attempt, addresses));
          }

          @Override
          public void failed(String detail) {
            loop.execute(() -> failedName(attempt, detail));
          }
        });
  }

  private void resolvedName(int attempt, List<InetSocketAddress> addresses) {
    if (!done && attempt == index) {
      resolved = addresses.iterator();
      connectNext();
    }
  }

  private void failedName(int attempt, String detail) {
    if (!done && attempt == index) {
      note(detail);
      nextName();
    }
  }

  private void connectNext() {
    while (!done && resolved.hasNext()) {
      try {
        connect(resolved.next());
        return;
      } catch (IOException | RuntimeException e) {
        note(describe(e));
        dropConnection();
      }
    }
    if (!done) {
      nextName();
    }
  }

  private void connect(InetSocketAddress address) throws IOException {
    connected = false;
    // A socket of both families costs more for each message.
    channel =
        SocketChannel.open(
            address.getAddress() instanceof Inet4Address
                ? StandardProtocolFamily.INET
                : StandardProtocolFamily.INET6);
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    loop.arm(
        connectTimeout, loop.now() + TimeUnit.MILLISECONDS.toNanos(spec.connectTimeoutMillis()));
    boolean atOnce = channel.connect(address);
    loop.register(channel, atOnce ? 0 : SelectionKey.OP_CONNECT, this);
    if (atOnce) {
      sendRequest();
    }
  }

  private void nextAddress(String detail) {
    if (!done) {
      note(detail);
      dropConnection();
      connectNext();
    }
  }

  private void note(String detail) {
    if (failures.length() > 0) {
      failures.append("; ");
    }
    failures.append(spec.addresses().get(index)).append(": ").append(detail);
  }

  @Override
  public void ready(int operations) throws IOException {
    if (done) {
      return;
    }
    if (!connected) {
      if (channel.finishConnect()) {
        sendRequest();
      }
      return;
    }
    if (request.hasRemaining()) {
      write();
    } else {
      read();
    }
  }

  private void sendRequest() throws IOException {
    connected = true;
    SocketChannel opened = channel;
    channel = null;
    wire = new SocketWire(opened, () -> close(opened));
    wire.attach(loop, this);
    loop.cancel(connectTimeout);
    request = ByteBuffer.wrap(spec.heads().get(index));
    write();
  }

  private void write() throws IOException {
    wire.write(request);
    wire.interest(request.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
  }

  private void read() throws IOException {
    ByteBuffer buffer = loop.buffer();
    int count = wire.read(buffer);
    if (count < 0) {
      endOfInput();
      return;
    }
    buffer.flip();
    try {
      while (buffer.hasRemaining() && !done) {
        if (body == null) {
          readHead(buffer);
        } else {
          body.read(buffer);
          endWhenComplete();
        }
      }
    } catch (ResponseHead.Malformed e) {
      badResponse(e.getMessage());
    }
  }

  private void readHead(ByteBuffer buffer) throws ResponseHead.Malformed {
    int before = headLength;
    int count = Math.min(buffer.remaining(), spec.maxHead() - headLength);
    if (headLength + count > head.length) {
      head = Arrays.copyOf(head, Math.max(headLength + count, 2 * head.length));
    }
    buffer.get(head, headLength, count);
    headLength += count;
    int end = ResponseHead.end(head, headLength, before);
    if (end < 0) {
      if (headLength >= spec.maxHead()) {
        badResponse("response head: longer than " + spec.maxHead() + " bytes");
      }
      return;
    }
    buffer.position(buffer.position() - (headLength - end));
    headLength = 0;
    response = ResponseHead.parse(head, end);
    if (response.status() == 101) {
      switched(buffer);
    } else if (response.status() >= 200) {
      body = BodyReader.of(response, spec.maxBody());
      endWhenComplete();
    }
  }

  private void switched(ByteBuffer rest) {
    ByteBuffer early = ByteBuffer.allocate(rest.remaining()).put(rest).flip();
    UpstreamConnection connection = new UpstreamConnection(loop, wire, early);
    wire.interest(0);
    wire = null;
    end(new DialOutcome(result(new byte[0], false), Optional.of(connection)));
  }

  private void endWhenComplete() {
    if (body.complete()) {
      end(new DialOutcome(result(body.body(), body.cut()), Optional.empty()));
    }
  }

  private void endOfInput() {
    if (body != null && body.endOfInput()) {
      end(new DialOutcome(result(body.body(), body.cut()), Optional.empty()));
      return;
    }
    badResponse(
        headLength == 0 && response == null
            ? "closed without a response"
            : "closed in the middle of the response");
  }

  private DialResult result(byte[] kept, boolean cut) {
    return new DialResult(
        DialResult.RESPONSE, index, response.status(), response.headers(), kept, cut, 0, "");
  }

  private void badResponse(String detail) {
    end(
        DialOutcome.failed(
            DialResult.BAD_RESPONSE, index, spec.addresses().get(index) + ": " + detail));
  }

  @Override
  public void failed(Throwable cause) {
    if (done) {
      return;
    }
    if (connected) {
      badResponse(describe(cause));
    } else {
      nextAddress(describe(cause));
    }
  }

  private static String describe(Throwable cause) {
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  private void end(DialOutcome outcome) {
    if (done) {
      return;
    }
    done = true;
    loop.cancel(handshakeTimeout);
    dropConnection();
    whenDone.accept(outcome);
  }

  /** The time-out goes with the channel: it must not strike while the next name is looked up. */
  private void dropConnection() {
    loop.cancel(connectTimeout);
    if (wire != null) {
      wire.close();
      wire = null;
    }
    if (channel != null) {
      close(channel);
      channel = null;
    }
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "upstream channel did not close", e);
    }
  }
}
