package dev.culvert.relay;

import dev.culvert.boundary.Joined;
import dev.culvert.endpoint.ClientEnd;
import dev.culvert.endpoint.CloseCodes;
import dev.culvert.endpoint.SessionEvents;
import dev.culvert.thread.Ending;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * The relays of one deployment. Any thread. {@link #close} ends them all, which has to be before
 * the server takes the deployment's classes away.
 */
public final class Relays implements AutoCloseable {

  private static final Logger LOG = System.getLogger("dev.culvert.relay");

  private static final Duration STALL_CHECK = Duration.ofMillis(500);

  private final RelayThreads threads = new RelayThreads();

  /** Guarded by this. */
  private final Set<Relay> live = new HashSet<>();

  /** Set once; guarded by this. */
  private boolean ending;

  /** Set with the first relay: a deployment without relays has no thread for them. */
  private final AtomicBoolean watching = new AtomicBoolean();

  private final Ending end =
      new Ending()
          .step("messages of relays", this::drain)
          .step("sessions of relays", this::abandon)
          .step("threads of relays", threads::close);

  /** None yet. */
  public Relays() {}

  /**
   * Begins a relay for a session.
   *
   * @param opener opens the stream; takes the stream's signal; throws {@link IllegalStateException}
   *     when the upstream's connection is gone
   * @return empty when the upstream is gone; the session is closed then
   */
  public Optional<SessionEvents> begin(
      RelayTerms terms, Function<Runnable, Joined> opener, ClientEnd client) {
    if (watching.compareAndSet(false, true)) {
      threads.every(STALL_CHECK, () -> snapshot().forEach(Relay::checkStall));
    }
    Relay[] self = new Relay[1];
    Relay relay = new Relay(client, threads, terms, () -> ended(self[0]));
    self[0] = relay;
    if (!add(relay)) {
      client.close(CloseCodes.RESTART, "service restart");
      return Optional.empty();
    }
    try {
      relay.join(opener);
    } catch (IllegalStateException e) {
      LOG.log(Level.INFO, "CULVERT-L001 relay not begun: {0}", e.getMessage());
      client.close(CloseCodes.UNEXPECTED, "upstream connection lost");
      ended(relay);
      return Optional.empty();
    }
    return Optional.of(relay);
  }

  private synchronized boolean add(Relay relay) {
    return !ending && live.add(relay);
  }

  private synchronized void ended(Relay relay) {
    live.remove(relay);
    notifyAll();
  }

  private synchronized List<Relay> snapshot() {
    return List.copyOf(live);
  }

  RelayThreads threads() {
    return threads;
  }

  /**
   * Ends all relays with 1012: at once where no message is under way, else after it. Waits for the
   * messages, and then for the close handshakes, each time as long as the longest close grace.
   */
  @Override
  public void close() {
    end.run();
  }

  private void drain() {
    synchronized (this) {
      ending = true;
    }
    List<Relay> relays = snapshot();
    Duration grace =
        relays.stream()
            .map(relay -> relay.terms().closeGrace())
            .max(Duration::compareTo)
            .orElse(Duration.ZERO);
    relays.forEach(Relay::drain);
    if (!awaitEnd(grace)) {
      snapshot().forEach(Relay::restart);
      boolean ended = awaitEnd(grace);
      LOG.log(
          Level.INFO,
          "CULVERT-L002 relays cut off within a message: {0}",
          ended ? "closed in time" : snapshot().size() + " did not close");
    }
  }

  private void abandon() {
    snapshot().forEach(Relay::abandon);
  }

  private synchronized boolean awaitEnd(Duration longest) {
    long deadline = System.nanoTime() + longest.toNanos();
    try {
      for (long left = longest.toNanos(); !live.isEmpty() && left > 0; ) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
        left = deadline - System.nanoTime();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return live.isEmpty();
  }
}
