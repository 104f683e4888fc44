package dev.culvert.route;

import dev.culvert.endpoint.ServerRequest;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * How long the body of a request may be. Undertow has a limit of its own (WildFly's {@code
 * max-post-size}), which ends connections without an answer, and over HTTP/2 resets a stream and
 * tells nobody (2.3.23), so that the exchange would wait for a body that does not come. So that
 * limit is kept here, where a longer body is answered; Undertow's stays a little above, for what is
 * read after such an answer.
 */
final class BodyLimit {

  private static final Logger LOG = System.getLogger("dev.culvert.http");

  private static final String UNDERTOW = "io.undertow.servlet.spec.HttpServletRequestImpl";

  /** More than arrives before it has been looked at. */
  private static final long MARGIN = 1024 * 1024;

  private BodyLimit() {}

  /**
   * The limit of the route, or the server's where that is less; to be asked before the body is.
   *
   * @param ofRoute in bytes; 0 = none
   * @return in bytes; 0 = none
   */
  static long of(HttpServletRequest http, long ofRoute) {
    long ofServer = HttpInput.isPossible(http) ? takenFromServer(http) : 0;
    if (ofServer <= 0) {
      return ofRoute;
    }
    return ofRoute > 0 ? Math.min(ofRoute, ofServer) : ofServer;
  }

  private static long takenFromServer(HttpServletRequest http) {
    ServletRequest inner = ServerRequest.of(http);
    if (!inner.getClass().getName().equals(UNDERTOW)) {
      return 0;
    }
    try {
      Object exchange = inner.getClass().getMethod("getExchange").invoke(inner);
      Class<?> type = exchange.getClass();
      long limit = (long) type.getMethod("getMaxEntitySize").invoke(exchange);
      if (limit > 0) {
        type.getMethod("setMaxEntitySize", long.class).invoke(exchange, limit + MARGIN);
      }
      return limit;
    } catch (ReflectiveOperationException e) { // another filter has asked for the body
      LOG.log(Level.DEBUG, "the server keeps its limit of bodies", e);
      return 0;
    }
  }
}
