package dev.culvert.host.pool;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One socket of the pool, or of a single turn. CONNECTING, then IDLE and BUSY in turns, then DEAD;
 * one that is {@link #isRetiring} is no longer found and ends with its turn. But for the final
 * fields, everything is guarded by the pool's lock.
 */
final class PooledSocket {

  enum State {
    CONNECTING,
    IDLE,
    BUSY,
    DEAD
  }

  private final String id;
  private final PoolKey key;
  private final boolean oneShot;

  private State state = State.CONNECTING;
  private Optional<SocketEnd.Cause> retired = Optional.empty();
  private UpstreamSocket connection;
  private Lease lease;
  private String newestResponse = "";
  private long openedAt;
  private long lifeAt;
  private long pingedAt;
  private long usedAt;
  private long turns;

  PooledSocket(String id, PoolKey key, boolean oneShot) {
    this.id = id;
    this.key = key;
    this.oneShot = oneShot;
  }

  String id() {
    return id;
  }

  PoolKey key() {
    return key;
  }

  boolean isOneShot() {
    return oneShot;
  }

  State state() {
    return state;
  }

  void opened(UpstreamSocket opened, long now) {
    connection = opened;
    openedAt = now;
    lifeAt = now;
    pingedAt = now;
    state = State.IDLE;
  }

  void occupy(Lease turn, long now) {
    lease = turn;
    state = State.BUSY;
    usedAt = now;
    turns++;
  }

  void vacate(long now) {
    lease = null;
    state = State.IDLE;
    usedAt = now;
  }

  /** Ends it and gives the lease that was on it. */
  Optional<Lease> die() {
    state = State.DEAD;
    Optional<Lease> held = Optional.ofNullable(lease);
    lease = null;
    return held;
  }

  /** Its turn in flight is the last one. */
  void retire(SocketEnd.Cause cause) {
    retired = Optional.of(cause);
  }

  boolean isRetiring() {
    return retired.isPresent();
  }

  /** Why it ends with its turn; empty when it does not. */
  Optional<SocketEnd.Cause> retired() {
    return retired;
  }

  Optional<Lease> lease() {
    return Optional.ofNullable(lease);
  }

  Optional<UpstreamSocket> connection() {
    return Optional.ofNullable(connection);
  }

  Map<String, List<String>> upgradeHeaders() {
    return connection.upgradeHeaders();
  }

  void own(String responseId) {
    newestResponse = responseId;
  }

  String newestResponse() {
    return newestResponse;
  }

  void showsLife(long now) {
    lifeAt = now;
  }

  boolean isSilentFor(long nanos, long now) {
    return connection != null && now - lifeAt >= nanos;
  }

  boolean isOlderThan(long nanos, long now) {
    return connection != null && now - openedAt >= nanos;
  }

  /** Whether a ping is due; if so it counts as sent. */
  boolean takePing(long interval, long now) {
    boolean due = connection != null && now - pingedAt >= interval;
    if (due) {
      pingedAt = now;
    }
    return due;
  }

  long usedAt() {
    return usedAt;
  }

  SocketView view(long now) {
    String shown = isRetiring() ? "closing" : state.name().toLowerCase(Locale.ROOT);
    double age = connection == null ? 0 : (now - openedAt) / 1e9;
    // A query may hold a client's key.
    String endpoint = key.endpoint().split("\\?", 2)[0];
    return new SocketView(id, key.account(), endpoint, key.conversation(), shown, age, turns);
  }
}
