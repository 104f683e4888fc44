package dev.culvert.host.undertow;

import dev.culvert.host.connector.ClientConnection;
import dev.culvert.host.wire.SocketWire;
import dev.culvert.host.wire.Wire;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;
import org.xnio.IoUtils;

/** A connection that Undertow has let go of; it is closed through Undertow, which counts it. */
final class UndertowConnection implements ClientConnection {

  private final Wire wire;
  private final CompletableFuture<Void> end = new CompletableFuture<>();

  /** XNIO's selector, which still holds a key of the channel, is woken up by the close. */
  UndertowConnection(HttpServerConnection connection, SocketChannel channel) {
    this.wire = new SocketWire(channel, () -> IoUtils.safeClose(connection));
  }

  @Override
  public Wire wire() {
    return wire;
  }

  @Override
  public void onClosed(Runnable listener) {
    CompletableFuture<Void> unused = end.thenRun(listener);
  }

  /** Notes that the connection is closed. Any thread. */
  void closed() {
    end.complete(null);
  }
}
