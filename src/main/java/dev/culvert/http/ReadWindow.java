package dev.culvert.http;

import java.io.IOException;
import org.apache.hc.core5.http.nio.CapacityChannel;

/**
 * Has the library read as much of an answer as has been taken of it, beside the window that it
 * begins with. Any thread.
 */
final class ReadWindow {

  /** Room for what nobody takes; each piece of it is an opportunity to end. */
  private static final int FAREWELL = 64 * 1024;

  /** Room that is told of at once; small beside the window of the library. */
  private static final int CREDIT = 16 * 1024;

  // Guarded by this.
  private CapacityChannel channel;
  private int credit;
  private long waiting;
  private boolean offered;

  /** The answer has begun: what was taken before counts too. */
  void open(CapacityChannel opened) throws IOException {
    int given;
    synchronized (this) {
      channel = opened;
      given = credit;
      credit = 0;
    }
    if (given > 0) {
      opened.update(given);
    }
  }

  /** So many bytes have come. */
  synchronized void received(int bytes) {
    waiting += bytes;
  }

  /** Has the library bring something more, so that it learns that nobody takes it. */
  void giveUp() throws IOException {
    CapacityChannel told;
    synchronized (this) {
      told = channel;
    }
    if (told != null) {
      told.update(FAREWELL);
    }
  }

  /** From now on the client can take what has come and what comes. */
  synchronized void offered() {
    offered = true;
  }

  /** Whether something has come that the client can take and has not taken. */
  synchronized boolean awaitsClient() {
    return offered && waiting > 0;
  }

  /** So many bytes have been taken. */
  void taken(int bytes) throws IOException {
    CapacityChannel told;
    int given;
    synchronized (this) {
      waiting -= bytes;
      credit += bytes;
      if (channel == null || credit < CREDIT) {
        return;
      }
      told = channel;
      given = credit;
      credit = 0;
    }
    told.update(given);
  }
}
