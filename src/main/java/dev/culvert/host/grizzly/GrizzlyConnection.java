package dev.culvert.host.grizzly;

import dev.culvert.host.connector.ClientConnection;
import dev.culvert.host.tls.TlsWire;
import dev.culvert.host.wire.SocketWire;
import dev.culvert.host.wire.Wire;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLEngine;
import org.glassfish.grizzly.CloseListener;
import org.glassfish.grizzly.nio.NIOConnection;

/** A connection that Grizzly has let go of; it is closed through Grizzly, which counts it. */
record GrizzlyConnection(NIOConnection connection, Wire wire) implements ClientConnection {

  static GrizzlyConnection plain(NIOConnection connection) {
    return new GrizzlyConnection(connection, socket(connection));
  }

  /**
   * Goes on with the server's TLS.
   *
   * @param ciphertext what Grizzly has read and not decrypted
   */
  static GrizzlyConnection secure(
      NIOConnection connection, SSLEngine engine, ByteBuffer ciphertext, Executor tlsTasks) {
    return new GrizzlyConnection(
        connection, TlsWire.established(socket(connection), engine, ciphertext, tlsTasks));
  }

  private static Wire socket(NIOConnection connection) {
    return new SocketWire((SocketChannel) connection.getChannel(), () -> close(connection));
  }

  @Override
  @SuppressWarnings("deprecation") // the listener's own type names a deprecated one
  public void onClosed(Runnable listener) {
    connection.addCloseListener((CloseListener<?, ?>) (closeable, type) -> listener.run());
  }

  /** Grizzly's selector still holds a key of the channel; woken up, it frees the socket. */
  private static void close(NIOConnection connection) {
    connection.terminateSilently();
    connection.getSelectorRunner().getSelector().wakeup();
  }
}
