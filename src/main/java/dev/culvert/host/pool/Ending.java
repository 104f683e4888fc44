package dev.culvert.host.pool;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;

/**
 * A socket that has left the table, and what is still to be done about it without the lock.
 *
 * @param lease that was on it and has to be told; empty when its holder gave it up
 */
record Ending(PooledSocket socket, SocketEnd end, Optional<Lease> lease) {

  private static final Logger LOG = System.getLogger("dev.culvert.pool");
  private static final int NORMAL = 1000;

  static void finish(List<Ending> endings, PoolObserver observer) {
    endings.forEach(ending -> ending.finish(observer));
  }

  /** Closes the connection, tells the holder of the lease and the observer. */
  void finish(PoolObserver observer) {
    socket.connection().ifPresent(connection -> connection.close(NORMAL, end.cause().label()));
    try {
      if (!socket.isOneShot() && socket.connection().isPresent()) {
        observer.ended(socket.key().account(), socket.id(), end);
      }
      lease.ifPresent(held -> held.events().lost(end));
    } catch (RuntimeException e) {
      // One holder's fault is not to keep others from being told.
      LOG.log(Level.ERROR, "CULVERT-P003 the holder of a socket failed at its end", e);
    }
  }
}
