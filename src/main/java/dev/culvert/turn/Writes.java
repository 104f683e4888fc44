package dev.culvert.turn;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The writes to clients that are under way in a deployment. Its end does not wait for those that
 * stall: their threads are the server's and the host's. Safe for use by any thread.
 */
public final class Writes {

  private final Set<WriteGuard> underWay = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * Takes a write in, which is to be taken out at its end.
   *
   * @throws IOException when there may be no more of them
   */
  void enter(WriteGuard write) throws IOException {
    underWay.add(write);
    if (closed) {
      leave(write);
      throw new IOException("the deployment has ended");
    }
  }

  void leave(WriteGuard write) {
    underWay.remove(write);
  }

  /** Breaks off those under way. */
  public void interrupt() {
    underWay.forEach(WriteGuard::interrupt);
  }

  /** Breaks off those under way and refuses all others. */
  public void close() {
    closed = true;
    interrupt();
  }
}
