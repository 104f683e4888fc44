package dev.culvert.endpoint;

import java.util.concurrent.Executor;

/**
 * Bounds what a server has read and not yet given to the message handlers, where the server itself
 * reads on and queues. A mark goes through the server's queue with every {@value #READS} reads;
 * when the next one is due and the last has not come through, reading is suspended until it has.
 * Any thread.
 */
final class ReceiveWindow {

  /** Reads between two marks; at most twice as many wait. */
  static final int READS = 8;

  private final Executor queue;
  private final Runnable suspend;
  private final Runnable resume;

  // All guarded by this; suspend and resume are called under the lock, so that they keep their
  // order, and take effect later.
  private int reads;
  private boolean marked;
  private boolean suspended;

  /**
   * Makes a window.
   *
   * @param queue the one that leads to the message handlers
   * @param suspend has the server stop reading; must not block
   * @param resume has it read again; must not block
   */
  ReceiveWindow(Executor queue, Runnable suspend, Runnable resume) {
    this.queue = queue;
    this.suspend = suspend;
    this.resume = resume;
  }

  /** Whether the server may read. */
  synchronized boolean isOpen() {
    return !suspended;
  }

  /** The server has read, and queued what it read. */
  void read() {
    synchronized (this) {
      reads++;
      if (reads < READS || suspended) {
        return;
      }
      if (marked) {
        suspended = true;
        suspend.run();
        return;
      }
      reads = 0;
      marked = true;
    }
    queue.execute(this::caughtUp);
  }

  /** Everything that was read before the mark has been handled. */
  private synchronized void caughtUp() {
    marked = false;
    if (suspended) {
      suspended = false;
      resume.run();
    }
  }
}
