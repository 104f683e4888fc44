package dev.culvert.host.undertow;

import dev.culvert.host.connector.ClientConnection;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;
import org.xnio.IoUtils;

/** A connection that Undertow has let go of; it is closed through Undertow, which counts it. */
final class UndertowConnection implements ClientConnection {

  private final HttpServerConnection connection;
  private final SocketChannel channel;
  private final CompletableFuture<Void> end = new CompletableFuture<>();

  UndertowConnection(HttpServerConnection connection, SocketChannel channel) {
    this.connection = connection;
    this.channel = channel;
  }

  @Override
  public SocketChannel channel() {
    return channel;
  }

  @Override
  public void onClosed(Runnable listener) {
    CompletableFuture<Void> unused = end.thenRun(listener);
  }

  /** Notes that the connection is closed. Any thread. */
  void closed() {
    end.complete(null);
  }

  /** XNIO's selector, which still holds a key of the channel, is woken up by it. */
  @Override
  public void close() {
    IoUtils.safeClose(connection);
  }
}
