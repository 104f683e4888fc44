package dev.culvert.turn;

import dev.culvert.provider.Timer;
import dev.culvert.thread.WriteGuard;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * The writes to clients that are under way in a deployment. They are looked at now and then, as a
 * timer for each would cost more than most of them. The deployment's end does not wait for those
 * that stall: their threads are the server's and the host's. Safe for use by any thread.
 */
public final class Writes implements WriteGuard.Watch {

  /** How much longer than allowed a write may last. */
  public static final Duration SWEEP = Duration.ofMillis(500);

  private final Timer timer;
  private final LongSupplier clock;
  private final Set<WriteGuard> underWay = ConcurrentHashMap.newKeySet();

  /** Whether a sweep is due. Cleared before the writes are looked at, set after one was added. */
  private final AtomicBoolean watching = new AtomicBoolean();

  private volatile boolean closed;

  /**
   * @param timer runs its tasks on a thread that no client can block
   * @param clock in nanoseconds
   */
  public Writes(Timer timer, LongSupplier clock) {
    this.timer = timer;
    this.clock = clock;
  }

  @Override
  public long now() {
    return clock.getAsLong();
  }

  /** Refused once the deployment has ended. */
  @Override
  public void enter(WriteGuard write) throws IOException {
    underWay.add(write);
    if (closed) {
      leave(write);
      throw new IOException("the deployment has ended");
    }
    watch();
  }

  @Override
  public void enterLast(WriteGuard write) {
    underWay.add(write);
    watch();
  }

  @Override
  public void leave(WriteGuard write) {
    underWay.remove(write);
  }

  private void watch() {
    if (watching.compareAndSet(false, true)) {
      Runnable unused = timer.after(SWEEP, this::sweep);
    }
  }

  private void sweep() {
    watching.set(false);
    underWay.forEach(WriteGuard::check);
    if (!underWay.isEmpty()) {
      watch();
    }
  }

  /** Breaks off those that have been under way for some time. */
  public void interrupt(Duration atLeast) {
    underWay.forEach(write -> write.interrupt(atLeast));
  }

  /** Breaks off those under way and refuses all others. */
  public void close() {
    closed = true;
    interrupt(Duration.ZERO);
  }
}
