package dev.culvert.http;

import dev.culvert.config.TransportRules;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.hc.client5.http.HttpRoute;

/**
 * How many connections may stay when nobody uses them, in all clients together. It never keeps a
 * connection from being made. Safe for use by any thread.
 */
final class IdleBudget {

  private final List<LimitedConnections> clients = new CopyOnWriteArrayList<>();

  /** On their way into a pool, by host; guarded by this. */
  private final Map<String, Integer> returning = new ConcurrentHashMap<>();

  /** Replaced as a whole by whoever configures. */
  private volatile TransportRules rules;

  IdleBudget(TransportRules rules) {
    this.rules = rules;
  }

  TransportRules rules() {
    return rules;
  }

  void change(TransportRules changed) {
    rules = changed;
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
    int all = returning.values().stream().mapToInt(Integer::intValue).sum();
    int ofHost = returning.getOrDefault(host, 0);
    for (LimitedConnections client : clients) {
      all += client.idle();
      ofHost += client.idle(host);
    }
    if (all >= rules.maxIdle() || ofHost >= rules.maxIdlePerHost()) {
      return false;
    }
    returning.merge(host, 1, Integer::sum);
    return true;
  }

  synchronized void returned(HttpRoute route) {
    returning.computeIfPresent(host(route), (host, count) -> count == 1 ? null : count - 1);
  }

  static String host(HttpRoute route) {
    return route.getTargetHost().toHostString();
  }
}
