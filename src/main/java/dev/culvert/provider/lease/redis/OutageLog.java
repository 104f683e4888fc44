package dev.culvert.provider.lease.redis;

import dev.culvert.provider.lease.Lease;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Tells of what happens without the store: of each kind at most once in {@value #SECONDS} s, with
 * the number of those in between. Safe for use by any thread.
 */
final class OutageLog {

  static final int SECONDS = 10;

  private static final Logger LOG = System.getLogger("dev.culvert.lease");

  private final Turn outages = new Turn();
  private final Turn acquires = new Turn();
  private final Turn releases = new Turn();
  private final Turn endings = new Turn();
  private final LongSupplier clock;

  /** Whether an outage was told that is not over; guarded by this. */
  private boolean down;

  /** Whether the store has ever been up; guarded by this. */
  private boolean begun;

  /**
   * @param clock in nanoseconds
   */
  OutageLog(LongSupplier clock) {
    this.clock = clock;
  }

  /** Told once for each outage; of one that is over soon perhaps nothing is told. */
  void down(String detail) {
    if (outageToBeTold()) {
      LOG.log(Level.WARNING, "CULVERT-E001 lease store is down: {0}", detail);
    }
  }

  private synchronized boolean outageToBeTold() {
    if (down || outages.take() < 0) {
      return false;
    }
    down = true;
    return true;
  }

  /** Told at the beginning, and when the outage was. */
  void up(int registered) {
    if (recoveryToBeTold()) {
      LOG.log(Level.INFO, "CULVERT-E002 lease store is up: leases={0}", registered);
    }
  }

  private synchronized boolean recoveryToBeTold() {
    boolean told = down || !begun;
    begun = true;
    down = false;
    return told;
  }

  /** A session was admitted or refused without the store. */
  void acquired(Lease lease, boolean admitted, String detail) {
    int silent = acquires.take();
    if (silent >= 0) {
      LOG.log(
          Level.WARNING,
          "CULVERT-E003 session {0} without the lease store: provider={1} session={2} detail={3}"
              + " before={4}",
          admitted ? "admitted, uncounted," : "refused",
          lease.provider(),
          lease.session(),
          detail,
          silent);
    }
  }

  /** A release waits for the store. */
  void released(Lease lease, String detail) {
    int silent = releases.take();
    if (silent >= 0) {
      LOG.log(
          Level.WARNING,
          "CULVERT-E004 lease store is not told yet that a lease has ended: provider={0}"
              + " session={1} detail={2} before={3}",
          lease.provider(),
          lease.session(),
          detail,
          silent);
    }
  }

  /** A lease that we hold has ended in the store: terminated there, or not renewed in time. */
  void ended(Lease lease) {
    int silent = endings.take();
    if (silent >= 0) {
      LOG.log(
          Level.INFO,
          "CULVERT-E005 lease has ended in the store before its session: provider={0} session={1}"
              + " before={2}",
          lease.provider(),
          lease.session(),
          silent);
    }
  }

  /** Whose turn it is to be logged. */
  private final class Turn {
    // Guarded by this.
    private long last;
    private boolean taken;
    private int silent;

    /** How many were not logged since the last one that was; -1 for one that is not, either. */
    synchronized int take() {
      long now = clock.getAsLong();
      if (taken && now - last < TimeUnit.SECONDS.toNanos(SECONDS)) {
        silent++;
        return -1;
      }
      int before = silent;
      taken = true;
      last = now;
      silent = 0;
      return before;
    }
  }
}
