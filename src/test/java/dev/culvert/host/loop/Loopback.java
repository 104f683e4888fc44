package dev.culvert.host.loop;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;

/**
 * A connection over the loopback interface.
 *
 * @param near non-blocking, for an event loop
 * @param far for the test
 */
public record Loopback(SocketChannel near, Peer far) implements Closeable {

  public static Loopback connect() {
    return connect(0);
  }

  /**
   * Connects.
   *
   * @param bufferSize of the sockets, so that they fill up soon; 0 = as the system likes
   */
  public static Loopback connect(int bufferSize) {
    try (ServerSocket server = new ServerSocket()) {
      if (bufferSize > 0) {
        server.setReceiveBufferSize(bufferSize);
      }
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      SocketChannel near = SocketChannel.open();
      if (bufferSize > 0) {
        near.setOption(StandardSocketOptions.SO_SNDBUF, bufferSize);
        near.setOption(StandardSocketOptions.SO_RCVBUF, bufferSize);
      }
      near.connect(server.getLocalSocketAddress());
      near.setOption(StandardSocketOptions.TCP_NODELAY, true);
      near.configureBlocking(false);
      return new Loopback(near, new Peer(server.accept()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    near.close();
    far.close();
  }
}
