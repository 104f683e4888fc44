package dev.culvert.host.grizzly;

import org.glassfish.grizzly.nio.NIOConnection;

/** What Grizzly holds for a client that does not take it. */
final class WriteQueue {

  /**
   * In bytes; the last piece comes on top. As shipped it is four times the socket's send buffer,
   * which is ten million bytes for each slow client on loopback, a proxy before Payara for example.
   */
  static final int MOST = 256 * 1024;

  private WriteQueue() {}

  /** Whether the socket has taken all that was written. */
  static boolean isEmpty(NIOConnection connection) {
    return connection.getAsyncWriteQueue().spaceInBytes() == 0;
  }

  /** Has a connection take no more once so much is queued, unless it takes less already. */
  static void limit(NIOConnection connection) {
    int most = connection.getMaxAsyncWriteQueueSize();
    if (most < 0 || most > MOST) { // below zero: as much as there is
      connection.setMaxAsyncWriteQueueSize(MOST);
    }
  }
}
