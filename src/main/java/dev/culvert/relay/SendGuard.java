package dev.culvert.relay;

import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Bounds the sends to one client, which block: a send that takes too long has its thread
 * interrupted. One thread sends at a time; {@link #check} comes from another one.
 */
final class SendGuard {

  /** A send to the client. */
  interface Send {
    void run() throws IOException;
  }

  private final long patienceNanos;
  private final LongSupplier clock;

  /** The thread that sends, null when none does; guarded by this. */
  private Thread sender;

  /** When the send began; guarded by this. */
  private long since;

  /** Whether the send under way was interrupted; guarded by this. */
  private boolean stalled;

  /**
   * Makes a guard.
   *
   * @param patience longest time of one send
   * @param clock in nanoseconds
   */
  SendGuard(Duration patience, LongSupplier clock) {
    this.patienceNanos = patience.toNanos();
    this.clock = clock;
  }

  /**
   * Sends.
   *
   * @throws StalledException when it took too long
   */
  void run(Send send) throws IOException {
    begin();
    try {
      send.run();
    } catch (IOException | RuntimeException e) {
      if (end()) {
        throw new StalledException("the client takes nothing");
      }
      throw e;
    }
    if (end()) {
      throw new StalledException("the client takes nothing");
    }
  }

  private synchronized void begin() {
    sender = Thread.currentThread();
    since = clock.getAsLong();
  }

  /** Whether the send was interrupted; the thread carries no interrupt of ours any further. */
  private synchronized boolean end() {
    sender = null;
    boolean interrupted = stalled;
    if (interrupted) {
      stalled = false;
      Thread.interrupted();
    }
    return interrupted;
  }

  /** Interrupts a send that takes too long. */
  synchronized void check() {
    if (sender != null && !stalled && clock.getAsLong() - since > patienceNanos) {
      stalled = true;
      sender.interrupt();
    }
  }
}
