package dev.culvert.provider.lease.redis;

import dev.culvert.meter.LogRate;
import dev.culvert.provider.lease.Lease;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.LongSupplier;

/**
 * Tells of what happens without the store: of each kind at most once in {@value LogRate#SECONDS} s,
 * with the number of those in between. Safe for use by any thread.
 */
final class OutageLog {

  private static final Logger LOG = System.getLogger("dev.culvert.lease");

  private final LogRate rate;

  /** Whether an outage was told that is not over; guarded by this. */
  private boolean down;

  /** Whether the store has ever been up; guarded by this. */
  private boolean begun;

  /**
   * @param clock in nanoseconds
   */
  OutageLog(LongSupplier clock) {
    rate = new LogRate(clock);
  }

  /** Told once for each outage; of one that is over soon perhaps nothing is told. */
  void down(String detail) {
    if (outageToBeTold()) {
      LOG.log(Level.WARNING, "CULVERT-E001 lease store is down: {0}", detail);
    }
  }

  private synchronized boolean outageToBeTold() {
    if (down || rate.next("outage").isEmpty()) {
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
    rate.next("acquire")
        .ifPresent(
            silent ->
                LOG.log(
                    Level.WARNING,
                    "CULVERT-E003 session {0} without the lease store: provider={1} session={2}"
                        + " detail={3} before={4}",
                    admitted ? "admitted, uncounted," : "refused",
                    lease.provider(),
                    lease.session(),
                    detail,
                    silent));
  }

  /** A release waits for the store. */
  void released(Lease lease, String detail) {
    rate.next("release")
        .ifPresent(
            silent ->
                LOG.log(
                    Level.WARNING,
                    "CULVERT-E004 lease store is not told yet that a lease has ended: provider={0}"
                        + " session={1} detail={2} before={3}",
                    lease.provider(),
                    lease.session(),
                    detail,
                    silent));
  }

  /** A lease that we hold has ended in the store: terminated there, or not renewed in time. */
  void ended(Lease lease) {
    rate.next("end")
        .ifPresent(
            silent ->
                LOG.log(
                    Level.INFO,
                    "CULVERT-E005 lease has ended in the store before its session: provider={0}"
                        + " session={1} before={2}",
                    lease.provider(),
                    lease.session(),
                    silent));
  }
}
