package dev.culvert.host.undertow;

import dev.culvert.host.connector.TakeOver.Receiver;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.HttpUpgradeListener;
import io.undertow.server.ServerConnection;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicReference;
import org.xnio.IoUtils;
import org.xnio.Options;
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
  private final AtomicReference<Stage> stage;

  HandOver(HttpServerConnection connection, Internals internals, Receiver receiver) {
    this.connection = connection;
    this.internals = internals;
    this.stage = new AtomicReference<>(new Stage.Committing(receiver));
  }

  /** Notes that the 101 is out; from now on the receiver is called. False when it is too late. */
  boolean begin() {
    return connection.isOpen()
        && stage.get() instanceof Stage.Committing committing
        && stage.compareAndSet(committing, new Stage.Waiting(committing.receiver()));
  }

  /** Undertow is done with the exchange; its conduits are the I/O thread's. */
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
      letGo(connection.getChannel());
      ByteBuffer early = early();
      SocketChannel channel = internals.channel(connection.getChannel()).orElseThrow();
      UndertowConnection taken = new UndertowConnection(connection, channel);
      if (stage.compareAndSet(waiting, new Stage.Taken(taken))) {
        waiting.receiver().taken(taken, early);
      }
    } catch (IOException | RuntimeException e) {
      stage.set(new Stage.Closed());
      IoUtils.safeClose(connection); // nobody watches it any more
      waiting.receiver().lost("connection not taken over: " + e);
    }
  }

  /**
   * The listener's time-outs are armed in conduits that see nothing of what the stream carries:
   * suspending disarms them, and without a time they are not armed again.
   */
  private void letGo(StreamConnection channel) throws IOException {
    channel.getSourceChannel().suspendReads();
    channel.getSinkChannel().suspendWrites();
    channel.setOption(Options.READ_TIMEOUT, 0);
    channel.setOption(Options.WRITE_TIMEOUT, 0);
    internals.forgetExchange(connection.getResponseConduit());
  }

  /** What came with the request's head and was not read as part of it. */
  private ByteBuffer early() {
    PooledByteBuffer extra = connection.getExtraBytes();
    if (extra == null) {
      return ByteBuffer.allocate(0);
    }
    try (extra) {
      connection.setExtraBytes(null);
      ByteBuffer bytes = extra.getBuffer();
      return ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
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
