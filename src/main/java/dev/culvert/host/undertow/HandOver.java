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
 * One connection on its way from Undertow to the host. Undertow keeps it as long as the connection
 * lives, so it knows nothing of the exchange.
 */
final class HandOver implements HttpUpgradeListener, ServerConnection.CloseListener {

  private enum State {
    /** The 101 is being written. */
    COMMITTING,
    /** Undertow ends the exchange. */
    WAITING,
    TAKEN,
    CLOSED
  }

  private final HttpServerConnection connection;
  private final Internals internals;
  private final Receiver receiver;
  private final AtomicReference<State> state = new AtomicReference<>(State.COMMITTING);

  /** Written by the I/O thread before the state is TAKEN. */
  private volatile UndertowConnection taken;

  HandOver(HttpServerConnection connection, Internals internals, Receiver receiver) {
    this.connection = connection;
    this.internals = internals;
    this.receiver = receiver;
  }

  /** Notes that the 101 is out; from now on the receiver is called. False when it is too late. */
  boolean begin() {
    return connection.isOpen() && state.compareAndSet(State.COMMITTING, State.WAITING);
  }

  /** Undertow is done with the exchange; conduits may be touched on the I/O thread only. */
  @Override
  public void handleUpgrade(StreamConnection channel, HttpServerExchange exchange) {
    channel.getIoThread().execute(this::take);
  }

  private void take() {
    try {
      letGo(connection.getChannel());
      ByteBuffer early = early();
      SocketChannel channel = internals.channel(connection.getChannel()).orElseThrow();
      taken = new UndertowConnection(connection, channel);
      if (state.compareAndSet(State.WAITING, State.TAKEN)) {
        receiver.taken(taken, early);
      }
    } catch (IOException | RuntimeException e) {
      // Nobody watches the connection any more.
      state.set(State.CLOSED);
      IoUtils.safeClose(connection);
      receiver.lost("connection not taken over: " + e);
    }
  }

  /**
   * The listener's time-outs are armed in conduits that see none of what the stream carries:
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
    switch (state.getAndSet(State.CLOSED)) {
      case WAITING -> receiver.lost("client closed during the handshake");
      case TAKEN -> taken.closed();
      case COMMITTING, CLOSED -> {}
    }
  }
}
