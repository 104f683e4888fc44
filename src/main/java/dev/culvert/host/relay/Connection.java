package dev.culvert.host.relay;

import java.nio.channels.SocketChannel;

/** One side of a stream: a non-blocking channel and the one right way to close it. */
public interface Connection {

  SocketChannel channel();

  /** Closes the connection. Called once, on the event loop; does not throw. */
  void close();
}
