package dev.culvert.host.undertow;

import dev.culvert.host.connector.TakeOver.Receiver;
import dev.culvert.host.tls.TlsWire;
import dev.culvert.host.wire.SocketWire;
import dev.culvert.host.wire.Wire;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.HttpUpgradeListener;
import io.undertow.server.ServerConnection;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;

/**
 * One connection on its way from Undertow to the host. Undertow keeps this listener as long as the
 * connection, and a worker thread may keep the connection for good; so it knows nothing of the
 * exchange, and of the receiver only as long as that waits.
 */
final class HandOver implements HttpUpgradeListener, ServerConnection.CloseListener {

  /** How far it is. */
  private sealed interface Stage {

    /** The 101 is being written. */
    record Committing(Receiver receiver) implements Stage {}

    /** Undertow ends the exchange. */
    record Waiting(Receiver receiver) implements Stage {}

    record Taken(UndertowConnection connection) implements Stage {}

    record Closed() implements Stage {}
  }

  private final HttpServerConnection connection;
  private final Internals internals;
  private final Executor tlsTasks;
  private final AtomicReference<Stage> stage;

  HandOver(
      HttpServerConnection connection, Internals internals, Executor tlsTasks, Receiver receiver) {
    this.connection = connection;
    this.internals = internals;
    this.tlsTasks = tlsTasks;
    this.stage = new AtomicReference<>(new Stage.Committing(receiver));
  }

  /** Notes that the 101 is out; from now on the receiver is called. False when it is too late. */
  boolean begin() {
    return connection.isOpen()
        && stage.get() instanceof Stage.Committing committing
        && stage.compareAndSet(committing, new Stage.Waiting(committing.receiver()));
  }

  /**
   * Undertow is done with the exchange; its conduits are the I/O thread's. It has suspended reads
   * since the head of the request and writes after the 101, which disarms the time-outs of the
   * listener; what the stream carries passes those conduits by.
   */
  @Override
  public void handleUpgrade(StreamConnection channel, HttpServerExchange exchange) {
    channel.getIoThread().execute(this::take);
  }

  private void take() {
    if (!(stage.get() instanceof Stage.Waiting waiting)) {
      IoUtils.safeClose(connection); // nobody waits for it
      return;
    }
    try {
      internals.forgetExchange(connection.getResponseConduit());
      ByteBuffer early = early();
      UndertowConnection taken = new UndertowConnection(wire());
      if (stage.compareAndSet(waiting, new Stage.Taken(taken))) {
        waiting.receiver().taken(taken, early);
      }
    } catch (RuntimeException | Error e) {
      stage.set(new Stage.Closed());
      IoUtils.safeClose(connection); // nobody watches it any more
      waiting.receiver().lost("connection not taken over: " + e);
    }
  }

  /** XNIO's selector, which still holds a key of the channel, is woken up by the close. */
  private Wire wire() {
    StreamConnection channel = connection.getChannel();
    Wire socket =
        new SocketWire(
            internals.channel(channel).orElseThrow(), () -> IoUtils.safeClose(connection));
    TlsInternals tls = internals.tls();
    return tls.isOf(channel)
        ? TlsWire.established(socket, tls.engine(channel), tls.takeCiphertext(channel), tlsTasks)
        : socket;
  }

  /** What came with the request's head and was not read as part of it. */
  private ByteBuffer early() {
    StreamConnection channel = connection.getChannel();
    ByteBuffer unread =
        internals.tls().isOf(channel)
            ? internals.tls().takePlaintext(channel)
            : ByteBuffer.allocate(0);
    PooledByteBuffer extra = connection.getExtraBytes();
    if (extra == null) {
      return unread;
    }
    try (extra) {
      connection.setExtraBytes(null);
      ByteBuffer first = extra.getBuffer();
      return ByteBuffer.allocate(first.remaining() + unread.remaining())
          .put(first)
          .put(unread)
          .flip();
    }
  }

  /** The connection is closed, by whomever. */
  @Override
  public void closed(ServerConnection ignored) {
    Stage last = stage.getAndSet(new Stage.Closed());
    if (last instanceof Stage.Waiting waiting) {
      waiting.receiver().lost("client closed during the handshake");
    } else if (last instanceof Stage.Taken taken) {
      taken.connection().closed();
    }
  }
}
