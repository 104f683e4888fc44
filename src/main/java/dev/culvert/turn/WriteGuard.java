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
  private final TurnTimer timer;
  private final Duration patience;

  /** The thread that writes, null when none does; guarded by this. */
  private Thread writer;

  /** Whether the write under way was interrupted; guarded by this. */
  private boolean stalled;

  /**
   * @param writes of the deployment, which may break off this client's
   * @param timer runs its tasks on a thread that no client can block
   * @param patience longest time of one write
   */
  public WriteGuard(Writes writes, TurnTimer timer, Duration patience) {
    this.writes = writes;
    this.timer = timer;
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
    Runnable disarm = timer.after(patience, this::interrupt);
    try {
      writes.enter(this);
      write.run();
    } catch (IOException | RuntimeException | Error e) {
      end(disarm);
      throw e;
    }
    end(disarm);
  }

  private synchronized void begin() {
    writer = Thread.currentThread();
  }

  /** The thread carries no interrupt of ours any further. */
  private void end(Runnable disarm) throws IOException {
    disarm.run();
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

  /** Breaks off the write under way, if there is one. Any thread. */
  public synchronized void interrupt() {
    if (writer != null) {
      stalled = true;
      writer.interrupt();
    }
  }
}
