package dev.culvert.http;

/**
 * Connections at one moment.
 *
 * @param leased that carry an exchange
 * @param idle that nobody uses
 * @param pending exchanges that wait for one, under a cap
 */
public record ConnectionCounts(int leased, int idle, int pending) {

  static final ConnectionCounts NONE = new ConnectionCounts(0, 0, 0);

  ConnectionCounts and(ConnectionCounts other) {
    return new ConnectionCounts(leased + other.leased, idle + other.idle, pending + other.pending);
  }
}
