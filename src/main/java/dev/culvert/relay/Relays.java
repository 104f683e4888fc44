package dev.culvert.relay;

import dev.culvert.relay.frame.CloseCodes;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The relays of one deployment, and the handshakes on their way to become one. Any thread. {@link
 * #close} ends them all, which has to be before the server takes the deployment's classes away.
 */
final class Relays implements AutoCloseable {

  private static final Logger LOG = System.getLogger("dev.culvert.relay");
  private static final SecureRandom RANDOM = new SecureRandom();

  /** How long a server may take from the handshake to the session. */
  private static final Duration HANDSHAKE_LIMIT = Duration.ofSeconds(20);

  private static final Duration STALL_CHECK = Duration.ofMillis(500);

  private final RelayThreads threads = new RelayThreads();
  private final Map<String, Admission> pending = new ConcurrentHashMap<>();

  /** Guarded by this. */
  private final Set<Relay> live = new HashSet<>();

  /** Set once; guarded by this. */
  private boolean ending;

  /** Set with the first handshake: a deployment without relays has no thread for them. */
  private final AtomicBoolean watching = new AtomicBoolean();

  /** Keeps a handshake for the session that comes for it with the token. */
  Admission admit(Pending handshake) {
    if (watching.compareAndSet(false, true)) {
      threads.every(STALL_CHECK, () -> snapshot().forEach(Relay::checkStall));
    }
    byte[] bytes = new byte[16];
    RANDOM.nextBytes(bytes);
    String token = HexFormat.of().formatHex(bytes);
    Admission admission = new Admission(token, handshake);
    pending.put(token, admission);
    threads.after(HANDSHAKE_LIMIT, () -> pending.remove(token));
    return admission;
  }

  /** The handshake of a token, which stays admitted. */
  Optional<Pending> find(String token) {
    return Optional.ofNullable(pending.get(token)).map(Admission::handshake);
  }

  /** Takes an admission back. */
  void dismiss(String token) {
    pending.remove(token);
  }

  /**
   * Begins a relay for a session.
   *
   * @return empty when nobody waits for the token or the upstream is gone; the session is closed
   *     then
   */
  Optional<Relay> begin(String token, ClientEnd client) {
    Admission admission = token == null ? null : pending.remove(token);
    if (admission == null) {
      client.close(1008, "not a handshake of this server");
      return Optional.empty();
    }
    Pending handshake = admission.handshake();
    Relay[] self = new Relay[1];
    Relay relay = new Relay(client, threads, handshake.terms(), () -> ended(self[0], admission));
    self[0] = relay;
    if (!add(relay)) {
      client.close(CloseCodes.RESTART, "service restart");
      return Optional.empty();
    }
    try {
      relay.join(handshake.opener());
    } catch (IllegalStateException e) {
      LOG.log(Level.INFO, "CULVERT-L001 relay not begun: {0}", e.getMessage());
      client.close(CloseCodes.UNEXPECTED, "upstream connection lost");
      ended(relay, admission);
      return Optional.empty();
    }
    return Optional.of(relay);
  }

  private synchronized boolean add(Relay relay) {
    return !ending && live.add(relay);
  }

  private void ended(Relay relay, Admission admission) {
    admission.forgetRequest();
    synchronized (this) {
      live.remove(relay);
      notifyAll();
    }
  }

  private synchronized List<Relay> snapshot() {
    return List.copyOf(live);
  }

  RelayThreads threads() {
    return threads;
  }

  /**
   * Ends all relays with 1012: at once where no message is under way, else behind it. Waits for the
   * messages, and then for the close handshakes, each time as long as the longest close grace.
   */
  @Override
  public void close() {
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
    snapshot().forEach(Relay::abandon);
    threads.close();
    pending.clear();
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
