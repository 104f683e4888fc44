package dev.culvert.route;

import dev.culvert.config.Route;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** Counts one request, once, and logs it when it did not go well. Safe for use by any thread. */
final class HttpReport {

  /** The status of a client that was gone, in logs only. */
  static final int CLIENT_GONE = 499;

  private static final Logger LOG = System.getLogger("dev.culvert.http");

  private static final List<Double> BOUNDS =
      List.of(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0);

  private final Gateway gateway;
  private final Route route;
  private final String client;
  private final long begun = System.nanoTime();
  private final AtomicBoolean ended = new AtomicBoolean();

  /**
   * @param client address, for the log
   */
  HttpReport(Gateway gateway, Route route, String client) {
    this.gateway = gateway;
    this.route = route;
    this.client = client;
  }

  /** The request has been answered as its upstream said. */
  void answered(int status) {
    count(status);
  }

  /**
   * It has been answered otherwise, or broken off.
   *
   * @param status that the client got, or would have got
   * @param detail one line
   */
  void ended(int status, String detail) {
    if (count(status)) {
      LOG.log(
          status >= 500 ? Level.WARNING : Level.INFO,
          "CULVERT-W001 no answer: route={0} client={1} status={2} detail={3}",
          route.name(),
          client,
          Integer.toString(status),
          detail);
    }
  }

  private boolean count(int status) {
    if (!ended.compareAndSet(false, true)) {
      return false;
    }
    Map<String, String> tags = new LinkedHashMap<>();
    tags.put("route", route.name());
    tags.put("status", status / 100 + "xx");
    gateway.count("culvert_http_requests_total", tags);
    gateway.observe(
        "culvert_http_duration_seconds",
        Map.of("route", route.name()),
        (System.nanoTime() - begun) / 1e9,
        BOUNDS);
    return true;
  }
}
