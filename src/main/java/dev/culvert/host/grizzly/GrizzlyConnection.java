package dev.culvert.host.grizzly;

import dev.culvert.host.connector.ClientConnection;
import dev.culvert.host.wire.SocketWire;
import dev.culvert.host.wire.Wire;
import java.nio.channels.SocketChannel;
import org.glassfish.grizzly.CloseListener;
import org.glassfish.grizzly.nio.NIOConnection;

/** A connection that Grizzly has let go of; it is closed through Grizzly, which counts it. */
record GrizzlyConnection(NIOConnection connection, Wire wire) implements ClientConnection {

  static GrizzlyConnection of(NIOConnection connection) {
    SocketChannel channel = (SocketChannel) connection.getChannel();
    return new GrizzlyConnection(connection, new SocketWire(channel, () -> close(connection)));
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
