package dev.culvert.host.pool;

import java.util.List;
import java.util.Optional;

/**
 * A socket that has left the table, and what is still to be done about it without the lock.
 *
 * @param lease that was on it and has to be told; empty when its holder gave it up
 */
record Ending(PooledSocket socket, SocketEnd end, Optional<Lease> lease) {

  private static final int NORMAL = 1000;

  static void finish(List<Ending> endings, PoolObserver observer) {
    for (Ending ending : endings) {
      ending.finish(observer);
    }
  }

  /** Closes the connection, tells the holder of the lease and the observer. */
  void finish(PoolObserver observer) {
    socket.connection().ifPresent(connection -> connection.close(NORMAL, end.cause().label()));
    if (!socket.isOneShot() && socket.connection().isPresent()) {
      observer.ended(socket.key().account(), socket.id(), end);
    }
    lease.ifPresent(held -> held.events().lost(end));
  }
}
