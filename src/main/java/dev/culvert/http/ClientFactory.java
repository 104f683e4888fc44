package dev.culvert.http;

import dev.culvert.config.ForwardProxy;
import dev.culvert.config.UpstreamTls;
import dev.culvert.thread.DaemonThreads;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.RouteInfo;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.DefaultClientConnectionReuseStrategy;
import org.apache.hc.client5.http.impl.DefaultConnectionKeepAliveStrategy;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManager;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.http.nio.ssl.TlsStrategy;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.http2.config.H2Config;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.pool.PoolReusePolicy;
import org.apache.hc.core5.reactor.IOReactorConfig;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * Builds clients that pass messages on as they are: no redirect is followed, nothing decompressed,
 * no cookie kept, nothing asked a second time. Neither system properties nor any default of the JVM
 * is looked at or changed.
 */
final class ClientFactory {

  private static final int BUFFER_SIZE = 32 * 1024;

  /** Of one line, and of all header fields of HTTP/2. */
  private static final int LONGEST_HEAD = 64 * 1024;

  private static final int MOST_FIELDS = 500;
  private static final Duration CONTINUE = Duration.ofSeconds(1);

  /** In a context: the request shows no {@code User-Agent}, and is not to be given one. */
  private static final String NO_USER_AGENT = "dev.culvert.no-user-agent";

  private final IdleBudget budget;
  private final Names names;

  ClientFactory(IdleBudget budget, Names names) {
    this.budget = budget;
    this.names = names;
  }

  /**
   * Builds a client, which has begun.
   *
   * @param proxy through which all its connections go
   * @param tls of its secure connections
   */
  SharedClient build(Optional<ForwardProxy> proxy, Optional<UpstreamTls> tls) {
    LimitedConnections connections = new LimitedConnections(pool(tls), budget);
    CloseableHttpAsyncClient client = client(connections, proxy);
    client.start();
    return new SharedClient(client, connections, proxy);
  }

  private PoolingAsyncClientConnectionManager pool(Optional<UpstreamTls> tls) {
    RegistryBuilder<TlsStrategy> strategies = RegistryBuilder.create();
    tls.ifPresent(
        identity ->
            strategies.register(
                "https", new ServerNameTls(identity.context(), identity.serverName())));
    return new PoolingAsyncClientConnectionManager(
        strategies.build(),
        PoolConcurrencyPolicy.LAX,
        PoolReusePolicy.LIFO,
        TimeValue.NEG_ONE_MILLISECOND,
        null,
        names);
  }

  private CloseableHttpAsyncClient client(
      LimitedConnections connections, Optional<ForwardProxy> proxy) {
    HttpAsyncClientBuilder builder =
        HttpAsyncClientBuilder.create()
            .setConnectionManager(connections)
            .setThreadFactory(DaemonThreads.named("culvert-http"))
            .setIOReactorConfig(
                IOReactorConfig.custom()
                    .setIoThreadCount(Runtime.getRuntime().availableProcessors())
                    .setTcpNoDelay(true)
                    .setSoKeepAlive(true)
                    .build())
            .setHttp1Config(
                Http1Config.custom()
                    .setBufferSize(BUFFER_SIZE)
                    .setMaxLineLength(LONGEST_HEAD)
                    .setMaxHeaderCount(MOST_FIELDS)
                    .setWaitForContinueTimeout(Timeout.of(CONTINUE))
                    .build())
            .setH2Config(
                H2Config.custom().setPushEnabled(false).setMaxHeaderListSize(LONGEST_HEAD).build())
            .setIoSessionDecorator(AnswerBounds::decorate)
            .setConnectionReuseStrategy(ClientFactory::isShared)
            .setKeepAliveStrategy(this::keepAlive)
            .addRequestInterceptorFirst(
                (request, entity, context) -> noteUserAgent(request, context))
            .addRequestInterceptorFirst((request, entity, context) -> ownHost(request, context))
            .addRequestInterceptorLast(
                (request, entity, context) -> dropUserAgent(request, context))
            .addRequestInterceptorLast(
                (request, entity, context) -> ConnectionFields.fit(request, context))
            .addRequestInterceptorLast((request, entity, context) -> Connected.composed(context))
            .addExecInterceptorBefore(
                ChainElement.MAIN_TRANSPORT.name(), "connected", new Connected())
            .addExecInterceptorBefore(
                ChainElement.CONNECT.name(), "refused-tunnels", new RefusedTunnels())
            .disableRequestPriority()
            .disableAutomaticRetries()
            .disableRedirectHandling()
            .disableCookieManagement()
            .disableAuthCaching()
            .disableConnectionState()
            .disableContentCompression();
    Optional<HttpHost> through = proxy.map(SharedClient::host);
    builder.setRoutePlanner((target, context) -> route(target, through));
    return builder.build();
  }

  /**
   * By the address alone. The library's own planner goes by the {@code Host} of the request too,
   * which is the client's: it would name whom the certificate must be for, and make pools of its
   * own.
   */
  private static HttpRoute route(HttpHost target, Optional<HttpHost> proxy) {
    boolean secure = target.getSchemeName().equals("https");
    return proxy
        .map(through -> new HttpRoute(target, null, through, secure))
        .orElseGet(() -> new HttpRoute(target, null, secure));
  }

  /**
   * Some schemes authenticate a connection and not a request (RFC 4559): such a one is nobody
   * else's.
   */
  private static boolean isShared(HttpRequest request, HttpResponse response, HttpContext context) {
    Header authorization = request.getFirstHeader("Authorization");
    if (authorization != null) {
      String scheme = authorization.getValue().toLowerCase(Locale.ROOT);
      if (scheme.startsWith("negotiate") || scheme.startsWith("ntlm")) {
        return false;
      }
    }
    return DefaultClientConnectionReuseStrategy.INSTANCE.keepAlive(request, response, context);
  }

  /** As long as the upstream says, and no longer than the rules say. */
  private TimeValue keepAlive(HttpResponse response, HttpContext context) {
    long most = budget.rules().keepAlive().toMillis();
    TimeValue said =
        DefaultConnectionKeepAliveStrategy.INSTANCE.getKeepAliveDuration(response, context);
    long millis = TimeValue.isPositive(said) ? Math.min(said.toMilliseconds(), most) : most;
    return TimeValue.of(millis, TimeUnit.MILLISECONDS);
  }

  /** What a proxy is asked for has one host, which the library writes (RFC 9112 section 3.2). */
  private static void ownHost(HttpRequest request, HttpContext context) {
    RouteInfo route = HttpClientContext.cast(context).getHttpRoute();
    if (route.getProxyHost() != null && !route.isTunnelled()) {
      request.removeHeaders("Host");
    }
  }

  private static void noteUserAgent(HttpRequest request, HttpContext context) {
    if (!request.containsHeader("User-Agent")) {
      context.setAttribute(NO_USER_AGENT, true);
    }
  }

  private static void dropUserAgent(HttpRequest request, HttpContext context) {
    if (context.getAttribute(NO_USER_AGENT) != null) {
      request.removeHeaders("User-Agent");
    }
  }
}
