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
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One handshake with an upstream: addresses are tried until one is connected, with TLS where it is
 * asked for, then the request head is written and the response read. Everything happens on one
 * event loop; {@link #start} and {@link #cancel} may be called by any thread.
 */
public final class Dial implements ChannelHandler, ConnectAttempts.Listener {

  private static final int FIRST_HEAD_SIZE = 1024;

  private final EventLoop loop;
  private final DialSpec spec;
  private final Executor tlsTasks;
  private final Consumer<DialOutcome> whenDone;
  private final ConnectAttempts attempts;

  private final Timer handshakeTimeout =
      new Timer() {
        @Override
        protected void expired(long now) {
          String found = established ? "no complete response" : "not connected";
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

  private byte[] head = new byte[FIRST_HEAD_SIZE];
  private int headLength;
  private ResponseHead response;
  private BodyReader body;
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
    this.attempts =
        new ConnectAttempts(loop, resolver, spec.addresses(), spec.connectTimeoutMillis(), this);
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
    Wire plain = new SocketWire(channel, () -> ConnectAttempts.close(channel));
    wire = plain;
    try {
      wire = secured(plain);
      wire.attach(loop, this);
      request = ByteBuffer.wrap(spec.heads().get(attempts.index()));
      write();
    } catch (IOException | RuntimeException e) {
      dropWire();
      throw e;
    }
  }

  private Wire secured(Wire plain) throws IOException {
    Map<String, Object> tls = spec.tls() == null ? Map.of() : spec.tls().get(attempts.index());
    return tls.isEmpty()
        ? plain
        : TlsWire.handshaking(
            plain, Engines.of(Fields.to(TlsSpec.class, tls), attempts.address()), tlsTasks);
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
        DialResult.RESPONSE,
        attempts.index(),
        response.status(),
        response.headers(),
        kept,
        cut,
        0,
        "");
  }

  private void badResponse(String detail) {
    end(
        DialOutcome.failed(
            DialResult.BAD_RESPONSE, attempts.index(), attempts.address() + ": " + detail));
  }

  @Override
  public void failed(Throwable cause) {
    if (done) {
      return;
    }
    if (established) {
      badResponse(Faults.describe(cause));
    } else {
      dropWire();
      attempts.next(Faults.describe(cause));
    }
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
