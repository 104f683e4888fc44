package dev.culvert.http;

import dev.culvert.config.TransportRules;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.hc.client5.http.HttpRoute;

/**
 * How many connections may stay when nobody uses them, in all clients together. It never keeps a
 * connection from being made. Safe for use by any thread.
 */
final class IdleBudget {

  private final List<LimitedConnections> clients = new CopyOnWriteArrayList<>();

  // Guarded by this.

  /** On their way into a pool, by host. */
  private final Map<String, Integer> returning = new HashMap<>();

  /** How many more may stay before they are counted again: leasing makes it only more. */
  private int room;

  /** The same for each host. */
  private final Map<String, Integer> roomOfHost = new HashMap<>();

  /** Replaced as a whole by whoever configures. */
  private volatile TransportRules rules;

  IdleBudget(TransportRules rules) {
    this.rules = rules;
  }

  TransportRules rules() {
    return rules;
  }

  synchronized void change(TransportRules changed) {
    rules = changed;
    room = 0;
    roomOfHost.clear();
  }

  void add(LimitedConnections client) {
    clients.add(client);
  }

  void remove(LimitedConnections client) {
    clients.remove(client);
  }

  /**
   * Asks whether one more connection may stay.
   *
   * @return true when it may; {@link #returned} is to be called when it is in its pool
   */
  synchronized boolean mayStay(HttpRoute route) {
    String host = host(route);
    if (room <= 0 || roomOfHost.getOrDefault(host, 0) <= 0) {
      count(host);
    }
    if (room <= 0 || roomOfHost.get(host) <= 0) {
      return false;
    }
    room--;
    roomOfHost.merge(host, -1, Integer::sum);
    returning.merge(host, 1, Integer::sum);
    return true;
  }

  private void count(String host) {
    int all = returning.values().stream().mapToInt(Integer::intValue).sum();
    int ofHost = returning.getOrDefault(host, 0);
    for (LimitedConnections client : clients) {
      all += client.idle();
      ofHost += client.idle(host);
    }
    room = rules.maxIdle() - all;
    roomOfHost.put(host, rules.maxIdlePerHost() - ofHost);
  }

  synchronized void returned(HttpRoute route) {
    returning.computeIfPresent(host(route), (host, count) -> count == 1 ? null : count - 1);
  }

  static String host(HttpRoute route) {
    return route.getTargetHost().toHostString();
  }
}
