package dev.culvert.turn;

import dev.culvert.meter.LogRate;
import dev.culvert.provider.Timer;
import dev.culvert.thread.WriteGuard;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * The writes to clients that are under way in a deployment. They are looked at now and then, as a
 * timer for each would cost more than most of them. The deployment's end does not wait for those
 * that stall: their threads are the server's and the host's. Safe for use by any thread.
 */
public final class Writes implements WriteGuard.Watch {

  /** How much longer than allowed a write may last. */
  public static final Duration SWEEP = Duration.ofMillis(500);

  /**
   * Threads that clients may hold up at once with writes older than {@link #STALLED}: half of those
   * that read the pooled sockets of all upstreams.
   */
  static final int MOST_HELD_UP = 256;

  /** Age of a write after which its client is not just slow for a moment. */
  static final Duration STALLED = Duration.ofSeconds(1);

  private static final Logger LOG = System.getLogger("dev.culvert.turn");

  private final Timer timer;
  private final LongSupplier clock;
  private final LogRate logRate;
  private final Scarce scarce;
  private final Set<WriteGuard> underWay = ConcurrentHashMap.newKeySet();

  /** Whether a sweep is due. Cleared before the writes are looked at, set after one was added. */
  private final AtomicBoolean watching = new AtomicBoolean();

  private volatile boolean closed;

  /**
   * Threads of which there are few, and which all turns need.
   *
   * @param threads which they are
   * @param most that clients may hold up at once with writes older than {@link #STALLED}
   */
  public record Scarce(Predicate<Thread> threads, int most) {}

  /**
   * @param timer runs its tasks on a thread that no client can block
   * @param clock in nanoseconds
   */
  public Writes(Timer timer, LongSupplier clock, Scarce scarce) {
    this.timer = timer;
    this.clock = clock;
    this.scarce = scarce;
    this.logRate = new LogRate(clock);
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
    relieve();
    if (!underWay.isEmpty()) {
      watch();
    }
  }

  /**
   * Gives up the clients whose writes are oldest, when so many threads wait for such that all
   * others would soon have none.
   */
  private void relieve() {
    List<Stalled> stalled =
        underWay.stream()
            .map(write -> new Stalled(write, write.lasting(), write.heldUp()))
            .filter(write -> write.lasting >= STALLED.toNanos())
            .sorted(Comparator.comparingLong(Stalled::lasting).reversed())
            .toList();
    relieve(stalled, MOST_HELD_UP);
    List<Stalled> ofScarce =
        stalled.stream()
            .filter(write -> write.guard.isBusy(scarce.threads))
            .map(write -> new Stalled(write.guard, write.lasting, 1))
            .toList();
    relieve(ofScarce, scarce.most);
  }

  private void relieve(List<Stalled> oldestFirst, int most) {
    int heldUp = oldestFirst.stream().mapToInt(Stalled::heldUp).sum();
    int givenUp = 0;
    for (Stalled write : oldestFirst) {
      if (heldUp <= most) {
        break;
      }
      givenUp += write.guard.interrupt(STALLED) ? 1 : 0;
      heldUp -= write.heldUp;
    }
    if (givenUp > 0) {
      tell(givenUp, most);
    }
  }

  private record Stalled(WriteGuard guard, long lasting, int heldUp) {}

  private void tell(int givenUp, int most) {
    logRate
        .next("given up")
        .ifPresent(
            before ->
                LOG.log(
                    Level.WARNING,
                    "CULVERT-T006 stalled clients held up more than {0} threads: given-up={1}"
                        + " before={2}",
                    Integer.toString(most),
                    Integer.toString(givenUp),
                    Integer.toString(before)));
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
