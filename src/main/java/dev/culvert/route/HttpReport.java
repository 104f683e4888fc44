package dev.culvert.route;

import dev.culvert.config.Route;
import dev.culvert.handshake.ClientRequest;
import dev.culvert.handshake.Detail;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Counts one request, once, and logs it when it did not go well, at most every ten seconds for each
 * route, status and upstream. Safe for use by any thread.
 */
final class HttpReport {

  /** The status of a client that was gone, in logs only. */
  static final int CLIENT_GONE = 499;

  private static final Logger LOG = System.getLogger("dev.culvert.http");

  private static final List<Double> BOUNDS =
      List.of(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0);

  private final Gateway gateway;
  private final Route route;
  private final String client;
  private final ClientRequest request;
  private final long begun = System.nanoTime();
  private final AtomicBoolean ended = new AtomicBoolean();

  /** Whose answer the client gets, before that the one asked last; empty for none yet. */
  private volatile String upstream = "";

  /**
   * @param client address, for the log
   */
  HttpReport(Gateway gateway, Route route, String client, ClientRequest request) {
    this.gateway = gateway;
    this.route = route;
    this.client = client;
    this.request = request;
  }

  /** An upstream is about to be asked, or the client gets its answer. */
  void upstream(String name) {
    upstream = name;
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
      String kind = route.name() + " " + status + " " + upstream;
      gateway.exchanges().logRate().next(kind).ifPresent(before -> log(status, detail, before));
    }
  }

  private void log(int status, String detail, int before) {
    LOG.log(
        status >= 500 ? Level.WARNING : Level.INFO,
        "CULVERT-W001 no answer: route={0} upstream={1} client={2} method={3} path={4} status={5}"
            + " detail={6} before={7}",
        route.name(),
        upstream.isEmpty() ? "none" : upstream,
        client,
        Detail.text(request.method()),
        Detail.text(request.path()),
        Integer.toString(status),
        Detail.text(detail),
        Integer.toString(before));
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
