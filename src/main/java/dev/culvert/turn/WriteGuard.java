package dev.culvert.turn;

import java.io.IOException;
import java.time.Duration;

/**
 * Bounds the writes to one client, which block while it takes nothing: one that lasts too long has
 * its thread interrupted. One thread writes at a time.
 */
public final class WriteGuard {

  /** A write to the client. */
  public interface Write {
    void run() throws IOException;
  }

  private final Writes writes;
  private final Duration patience;

  // Guarded by this.

  /** The thread that writes, null when none does. */
  private Thread writer;

  /** When the write under way began. */
  private long since;

  /** Whether the write under way was interrupted. */
  private boolean stalled;

  /**
   * @param writes of the deployment, which may break off this client's
   * @param patience longest time of one write
   */
  public WriteGuard(Writes writes, Duration patience) {
    this.writes = writes;
    this.patience = patience;
  }

  /**
   * Writes.
   *
   * @throws IOException when the client is gone or took nothing for too long, and when the
   *     deployment has ended
   */
  public void run(Write write) throws IOException {
    begin();
    try {
      writes.enter(this);
      write.run();
    } catch (IOException | RuntimeException | Error e) {
      end();
      throw e;
    }
    end();
  }

  /**
   * Writes the last there is, also when the deployment has ended meanwhile.
   *
   * @throws IOException as {@link #run}
   */
  public void runLast(Write write) throws IOException {
    begin();
    try {
      writes.enterLast(this);
      write.run();
    } catch (IOException | RuntimeException | Error e) {
      end();
      throw e;
    }
    end();
  }

  private synchronized void begin() {
    since = writes.now();
    writer = Thread.currentThread();
  }

  /** The thread carries no interrupt of ours any further. */
  private void end() throws IOException {
    writes.leave(this);
    synchronized (this) {
      writer = null;
      if (stalled) {
        stalled = false;
        Thread.interrupted();
        throw new IOException("the client takes nothing");
      }
    }
  }

  /** Breaks off the write under way when its time is over. Any thread. */
  void check() {
    interrupt(patience);
  }

  /** Breaks off the write under way, if there is one that has lasted so long. Any thread. */
  public synchronized void interrupt(Duration atLeast) {
    if (writer != null && writes.now() - since >= atLeast.toNanos()) {
      stalled = true;
      writer.interrupt();
    }
  }
}
