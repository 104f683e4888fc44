package dev.culvert.http;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManager;
import org.apache.hc.client5.http.nio.AsyncClientConnectionManager;
import org.apache.hc.client5.http.nio.AsyncConnectionEndpoint;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.concurrent.CallbackContribution;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.PoolStats;
import org.apache.hc.core5.reactor.ConnectionInitiator;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * The connections of one client. The pool of the library limits connections in use; here those are
 * limited that are not: what comes back when enough are idle is closed. Safe for use by any thread.
 */
final class LimitedConnections implements AsyncClientConnectionManager {

  /** A state of a connection that is asked for: one that nobody has used. */
  private static final Object FRESH = new Object();

  private final PoolingAsyncClientConnectionManager pool;
  private final IdleBudget budget;

  /** Nothing stays any more; set once. */
  private volatile boolean retired;

  LimitedConnections(PoolingAsyncClientConnectionManager pool, IdleBudget budget) {
    this.pool = pool;
    this.budget = budget;
    limitHosts();
    budget.add(this);
  }

  /** Connections that nobody uses. */
  int idle() {
    return pool.getTotalStats().getAvailable();
  }

  /** Of one {@code host:port}. */
  int idle(String host) {
    return pool.getRoutes().stream()
        .filter(route -> IdleBudget.host(route).equals(host))
        .mapToInt(route -> pool.getStats(route).getAvailable())
        .sum();
  }

  /** Whether some connection is in use or asked for. */
  boolean isInUse() {
    PoolStats stats = pool.getTotalStats();
    return stats.getLeased() + stats.getPending() > 0;
  }

  /** Counts by {@code host:port}. */
  Map<String, PoolStats> byHost() {
    Map<String, PoolStats> counts = new HashMap<>();
    for (HttpRoute route : pool.getRoutes()) {
      counts.merge(IdleBudget.host(route), pool.getStats(route), LimitedConnections::sum);
    }
    return counts;
  }

  private static PoolStats sum(PoolStats one, PoolStats other) {
    return new PoolStats(
        one.getLeased() + other.getLeased(),
        one.getPending() + other.getPending(),
        one.getAvailable() + other.getAvailable(),
        one.getMax());
  }

  /** Puts the cap of connections at once into force; hosts that come later have it too. */
  void limitHosts() {
    int cap = budget.rules().maxPerHost() == 0 ? Integer.MAX_VALUE : budget.rules().maxPerHost();
    pool.setDefaultMaxPerRoute(cap);
    pool.getRoutes().forEach(route -> pool.setMaxPerRoute(route, cap));
  }

  /** Closes what has been idle for too long. */
  void closeExpired() {
    pool.closeExpired();
    pool.closeIdle(TimeValue.of(budget.rules().keepAlive()));
  }

  /** Closes what nobody uses. */
  void closeIdle() {
    pool.closeIdle(TimeValue.ZERO_MILLISECONDS);
  }

  /** Closes what nobody uses, and each other connection as soon as nobody uses it. */
  void retire() {
    retired = true;
    closeIdle();
  }

  /** Has the request of this context go over a connection that nobody has used. */
  static void askForFresh(HttpClientContext context) {
    context.setUserToken(FRESH);
  }

  @Override
  public Future<AsyncConnectionEndpoint> lease(
      String id,
      HttpRoute route,
      Object state,
      Timeout requestTimeout,
      FutureCallback<AsyncConnectionEndpoint> callback) {
    return pool.lease(id, route, null, requestTimeout, limited(route, state == FRESH, callback));
  }

  private static FutureCallback<AsyncConnectionEndpoint> limited(
      HttpRoute route, boolean fresh, FutureCallback<AsyncConnectionEndpoint> callback) {
    return new CallbackContribution<>(callback) {
      @Override
      public void completed(AsyncConnectionEndpoint endpoint) {
        if (fresh) {
          endpoint.close(CloseMode.GRACEFUL); // its like was stale: so may this be
        }
        callback.completed(new LimitedEndpoint(endpoint, route, endpoint.isConnected()));
      }
    };
  }

  /** Connections have no state: what was asked for was the request's affair. */
  @Override
  public void release(AsyncConnectionEndpoint endpoint, Object state, TimeValue keepAlive) {
    LimitedEndpoint limited = (LimitedEndpoint) endpoint;
    boolean open = !retired && TimeValue.isPositive(keepAlive) && limited.isConnected();
    if (open && budget.mayStay(limited.route())) {
      try {
        pool.release(limited.pooled(), null, keepAlive);
      } finally {
        budget.returned(limited.route());
      }
      if (retired) {
        closeIdle(); // it was retired meanwhile
      }
    } else {
      limited.close(CloseMode.GRACEFUL);
      pool.release(limited.pooled(), null, TimeValue.ZERO_MILLISECONDS);
    }
  }

  @Override
  public Future<AsyncConnectionEndpoint> connect(
      AsyncConnectionEndpoint endpoint,
      ConnectionInitiator initiator,
      Timeout connectTimeout,
      Object attachment,
      HttpContext context,
      FutureCallback<AsyncConnectionEndpoint> callback) {
    LimitedEndpoint limited = (LimitedEndpoint) endpoint;
    limited.renewed();
    return pool.connect(
        limited.pooled(),
        Connecting.of(context).map(mine -> mine.watching(initiator)).orElse(initiator),
        connectTimeout,
        tls(limited.route(), context),
        context,
        told(limited, context, callback));
  }

  @Override
  public void upgrade(AsyncConnectionEndpoint endpoint, Object attachment, HttpContext context) {
    upgrade(endpoint, attachment, context, null);
  }

  @Override
  public void upgrade(
      AsyncConnectionEndpoint endpoint,
      Object attachment,
      HttpContext context,
      FutureCallback<AsyncConnectionEndpoint> callback) {
    LimitedEndpoint limited = (LimitedEndpoint) endpoint;
    pool.upgrade(
        limited.pooled(), tls(limited.route(), context), context, told(limited, context, callback));
  }

  private static FutureCallback<AsyncConnectionEndpoint> told(
      LimitedEndpoint endpoint,
      HttpContext context,
      FutureCallback<AsyncConnectionEndpoint> callback) {
    FutureCallback<AsyncConnectionEndpoint> same = same(endpoint, callback);
    return Connecting.of(context).map(mine -> mine.step(same)).orElse(same);
  }

  private static FutureCallback<AsyncConnectionEndpoint> same(
      LimitedEndpoint endpoint, FutureCallback<AsyncConnectionEndpoint> callback) {
    return new CallbackContribution<>(callback) {
      @Override
      public void completed(AsyncConnectionEndpoint pooled) {
        if (callback != null) {
          callback.completed(endpoint);
        }
      }
    };
  }

  /** HTTP/2 is agreed on within TLS only. */
  private TlsConfig tls(HttpRoute route, HttpContext context) {
    boolean http2 = budget.rules().http2() && route.isSecure();
    Timeouts timeouts =
        Timeouts.of(
            context, new Timeouts(budget.rules().tlsTimeout(), budget.rules().tlsTimeout()));
    return TlsConfig.custom()
        .setHandshakeTimeout(Timeout.of(timeouts.tls()))
        .setVersionPolicy(http2 ? HttpVersionPolicy.NEGOTIATE : HttpVersionPolicy.FORCE_HTTP_1)
        .build();
  }

  @Override
  public void close(CloseMode closeMode) {
    budget.remove(this);
    pool.close(closeMode);
  }

  @Override
  public void close() {
    close(CloseMode.GRACEFUL);
  }
}
