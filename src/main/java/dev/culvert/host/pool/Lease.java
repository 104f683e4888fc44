package dev.culvert.host.pool;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A slot on a socket, for one turn. A socket has one slot today; holders know slots only. Safe for
 * use by any thread.
 */
public final class Lease {

  private final Pool pool;
  private final PooledSocket socket;
  private final Decision decision;
  private final LeaseEvents events;

  // Guarded by the pool's lock.
  private boolean written;
  private boolean ended;

  Lease(Pool pool, PooledSocket socket, Decision decision, LeaseEvents events) {
    this.pool = pool;
    this.socket = socket;
    this.decision = decision;
    this.events = events;
  }

  /** Why the turn has this slot. */
  public Decision decision() {
    return decision;
  }

  /** Id of the socket, 8 hexadecimal digits. */
  public String socketId() {
    return socket.id();
  }

  /** Headers of the upgrade, for the turn that caused it; later turns have none. */
  public Map<String, List<String>> upgradeHeaders() {
    return decision instanceof Decision.Reuse ? Map.of() : socket.upgradeHeaders();
  }

  /** How long the upstream has, by the settings in force, from the request to its first event. */
  public Duration responseStartTimeout() {
    return pool.settings().responseStartTimeout();
  }

  /**
   * Sends the turn's request.
   *
   * @return false when the socket had ended and nothing was written, so that the request may be
   *     sent elsewhere; any later fault shows as {@link LeaseEvents#lost}
   */
  public boolean send(String text) {
    return pool.send(this, text);
  }

  /**
   * The turn is over and the socket good for another one.
   *
   * @param responseId the response that the upstream now keeps on this socket; empty when the turn
   *     left none
   */
  public void release(String responseId) {
    pool.release(this, responseId);
  }

  /** The turn was given up: its tail would poison the next one, so the socket is closed. */
  public void discard() {
    pool.discard(this);
  }

  PooledSocket socket() {
    return socket;
  }

  LeaseEvents events() {
    return events;
  }

  // The rest with the pool's lock held.

  boolean isWritten() {
    return written;
  }

  void setWritten() {
    written = true;
  }

  boolean hasEnded() {
    return ended;
  }

  void setEnded() {
    ended = true;
  }
}
