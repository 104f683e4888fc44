package dev.culvert.host.dial;

import dev.culvert.boundary.DialResult;
import dev.culvert.boundary.DialSpec;
import dev.culvert.boundary.Fields;
import dev.culvert.boundary.TlsSpec;
import dev.culvert.host.loop.ChannelHandler;
import dev.culvert.host.loop.EventLoop;
import dev.culvert.host.loop.Timer;
import dev.culvert.host.tls.TlsWire;
import dev.culvert.host.wire.SocketWire;
import dev.culvert.host.wire.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;

/**
 * One handshake with an upstream: addresses are tried until one is connected, through a proxy and
 * with TLS where these are asked for, then the request head is written and the response read.
 * Everything happens on one event loop; {@link #start} and {@link #cancel} may be called by any
 * thread.
 */
public final class Dial implements ChannelHandler, ConnectAttempts.Listener, ProxyConnect.Listener {

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final EventLoop loop;
  private final DialSpec spec;
  private final Executor tlsTasks;
  private final Consumer<DialOutcome> whenDone;
  private final ConnectAttempts attempts;

  private final Timer handshakeTimeout =
      new Timer() {
        @Override
        protected void expired(long now) {
          String found =
              established ? "no complete response" : "not connected" + attempts.hop().detour();
          end(
              DialOutcome.failed(
                  DialResult.TIMEOUT,
                  attempts.index(),
                  found + " after " + spec.handshakeTimeoutMillis() + " ms"));
        }
      };

  private Wire wire;
  private ByteBuffer request;

  /** Connected, and TLS agreed upon: what happens from here on is the upstream's answer. */
  private boolean established;

  private final ResponseReader response;
  private boolean done;

  /**
   * Prepares a dial.
   *
   * @param tlsTasks for what would block the loop; may reject
   * @param whenDone called exactly once, on the loop
   */
  public Dial(
      EventLoop loop,
      Resolver resolver,
      Executor tlsTasks,
      DialSpec spec,
      Consumer<DialOutcome> whenDone) {
    this.loop = loop;
    this.spec = spec;
    this.tlsTasks = tlsTasks;
    this.whenDone = whenDone;
    this.response = new ResponseReader(spec.maxHead(), spec.maxBody());
    this.attempts =
        new ConnectAttempts(loop, resolver, Hop.of(spec), spec.connectTimeoutMillis(), this);
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
          attempts.start();
        });
  }

  /** Gives up; the outcome is a time-out. */
  public void cancel() {
    loop.execute(() -> end(DialOutcome.failed(DialResult.TIMEOUT, attempts.index(), "cancelled")));
  }

  @Override
  public void connected(SocketChannel channel) throws IOException {
    wire = new SocketWire(channel, () -> ConnectAttempts.close(channel));
    try {
      Optional<ProxyTunnel> tunnel = attempts.hop().tunnel();
      if (tunnel.isPresent()) {
        new ProxyConnect(loop, wire, tunnel.get(), this).begin();
      } else {
        ask(NOTHING);
      }
    } catch (IOException | RuntimeException e) {
      dropWire();
      throw e;
    }
  }

  @Override
  public void tunnelled(ByteBuffer early) {
    attempts.keepToThis();
    try {
      ask(early);
    } catch (IOException | RuntimeException e) {
      failed(e);
    }
  }

  /**
   * Sends the request over the wire, which leads to the upstream.
   *
   * @param early what the upstream has said already
   */
  private void ask(ByteBuffer early) throws IOException {
    Map<String, Object> tls = spec.tls() == null ? Map.of() : spec.tls().get(attempts.index());
    if (!tls.isEmpty()) {
      SSLEngine engine =
          Engines.of(Fields.to(TlsSpec.class, tls), spec.addresses().get(attempts.index()));
      wire = TlsWire.handshaking(wire, engine, copy(early), tlsTasks);
    }
    wire.attach(loop, this);
    request = ByteBuffer.wrap(spec.heads().get(attempts.index()));
    write();
    if (tls.isEmpty()) {
      take(early);
    }
  }

  @Override
  public void overdue() {
    dropWire();
  }

  @Override
  public void exhausted(String failures) {
    end(DialOutcome.failed(DialResult.CONNECT_FAILED, attempts.index(), failures));
  }

  @Override
  public void ready(int operations) throws IOException {
    if (wire == null) {
      return;
    }
    wire.flush();
    if (request.hasRemaining()) {
      write();
    } else {
      read();
    }
  }

  private void write() throws IOException {
    if (wire.write(request) > 0 && !established) {
      established = true;
      attempts.settle();
    }
    wire.interest(request.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
  }

  private void read() throws IOException {
    ByteBuffer buffer = loop.buffer();
    int count = wire.read(buffer);
    if (count < 0) {
      endOfInput();
      return;
    }
    take(buffer.flip());
  }

  private void take(ByteBuffer buffer) {
    try {
      if (!response.read(buffer)) {
        return;
      }
    } catch (ResponseHead.Malformed e) {
      badResponse(e.getMessage());
      return;
    }
    if (response.isSwitch()) {
      switched(buffer);
    } else {
      answered(Optional.empty());
    }
  }

  private void switched(ByteBuffer rest) {
    UpstreamConnection connection = new UpstreamConnection(loop, wire, copy(rest));
    wire.interest(0);
    wire = null;
    answered(Optional.of(connection));
  }

  private static ByteBuffer copy(ByteBuffer bytes) {
    return ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
  }

  private void endOfInput() {
    if (response.endOfInput()) {
      answered(Optional.empty());
    } else {
      badResponse(
          response.hasBegun()
              ? "closed in the middle of the response"
              : "closed without a response");
    }
  }

  private void answered(Optional<UpstreamConnection> connection) {
    DialResult result =
        new DialResult(
            DialResult.RESPONSE,
            attempts.index(),
            response.head().status(),
            response.head().headers(),
            response.body(),
            response.isCut(),
            0,
            "");
    end(new DialOutcome(result, connection));
  }

  private void badResponse(String detail) {
    end(
        DialOutcome.failed(
            DialResult.BAD_RESPONSE, attempts.index(), attempts.hop().upstream() + ": " + detail));
  }

  @Override
  public void failed(Throwable cause) {
    if (done) {
      return;
    }
    String detail = Faults.describe(cause);
    if (established) {
      badResponse(detail);
      return;
    }
    dropWire();
    if (cause instanceof ProxyTunnel.Refused) {
      attempts.keepToThis();
    }
    attempts.next(detail);
  }

  private void end(DialOutcome outcome) {
    if (done) {
      return;
    }
    done = true;
    loop.cancel(handshakeTimeout);
    attempts.stop();
    dropWire();
    whenDone.accept(outcome);
  }

  private void dropWire() {
    if (wire != null) {
      wire.close();
      wire = null;
    }
  }
}
