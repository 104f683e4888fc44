package dev.culvert.http;

import dev.culvert.config.ForwardProxy;
import dev.culvert.config.Login;
import dev.culvert.config.TransportRules;
import dev.culvert.config.UpstreamTls;
import dev.culvert.provider.Timer;
import dev.culvert.thread.DaemonThreads;
import dev.culvert.turn.Digest;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.protocol.HttpClientContext;

/**
 * The connections of a deployment to the upstreams of its routes in mode {@code http}. They are
 * shared between all requests that may share them, and none of them is known to, or limited by,
 * anything else in the JVM. Safe for use by any thread.
 */
public final class Transport implements AutoCloseable {

  /** Clients at once: each has threads. */
  private static final int MOST_CLIENTS = 64;

  /** Names of hosts that are remembered. */
  private static final int MOST_NAMES = 1024;

  private static final Duration HOUSEKEEPING = Duration.ofSeconds(1);

  /**
   * What carries one request.
   *
   * @param context what the client is to know of it
   * @param tells whether the client tells when it sends the request
   */
  record Carrier(CloseableHttpAsyncClient client, HttpClientContext context, boolean tells) {}

  private final Optional<CloseableHttpAsyncClient> supplied;
  private final String salt = UUID.randomUUID().toString();
  private final IdleBudget budget;
  private final Names names;
  private final ClientFactory factory;
  private final ClientCache<ClientKey, SharedClient> clients;
  private final RetiredClients retired = new RetiredClients(System::nanoTime);

  /** Linked at the beginning: a class loader that has been stopped links no lambda. */
  private final Consumer<SharedClient> retire = retired::add;

  private final ScheduledThreadPoolExecutor clock =
      new ScheduledThreadPoolExecutor(
          1, DaemonThreads.named("culvert-http-clock"), new ThreadPoolExecutor.DiscardPolicy());

  private final Lookups lookups;

  /** What was configured last, without what was changed by hand since; guarded by this. */
  private TransportRules configured;

  /**
   * Connects to nobody yet.
   *
   * @param supplied takes all requests in the place of clients of this transport, and is neither
   *     configured nor closed
   */
  public Transport(TransportRules rules, Optional<CloseableHttpAsyncClient> supplied) {
    this(rules, supplied, MOST_CLIENTS, InetAddress::getAllByName);
  }

  Transport(
      TransportRules rules,
      Optional<CloseableHttpAsyncClient> supplied,
      int mostClients,
      Names.Lookup lookup) {
    this.supplied = supplied;
    names = new Names(lookup, System::nanoTime, MOST_NAMES);
    lookups = new Lookups(names, timer());
    configured = rules;
    budget = new IdleBudget(rules);
    factory = new ClientFactory(budget, names);
    clients = new ClientCache<>(mostClients, retire);
    clock.setRemoveOnCancelPolicy(true);
    long period = HOUSEKEEPING.toMillis();
    var unused =
        clock.scheduleWithFixedDelay(this::housekeep, period, period, TimeUnit.MILLISECONDS);
  }

  /** Puts a configuration into force; what was changed by hand stays unless it has changed too. */
  public synchronized void configure(TransportRules rules) {
    if (!rules.equals(configured)) {
      configured = rules;
      change(unchanged -> rules);
    }
  }

  /** The rules in force. */
  public TransportRules rules() {
    return budget.rules();
  }

  /** Changes the rules in force, for connections that are there as well. */
  public synchronized void change(UnaryOperator<TransportRules> change) {
    TransportRules before = budget.rules();
    TransportRules next = change.apply(before);
    budget.change(next);
    clients.built().values().forEach(client -> client.connections().limitHosts());
    if (next.maxIdle() < before.maxIdle() || next.maxIdlePerHost() < before.maxIdlePerHost()) {
      closeIdle();
    }
  }

  /** Closes all connections that nobody uses. */
  public void closeIdle() {
    clients.built().values().forEach(client -> client.connections().closeIdle());
  }

  /** Connections by {@code host:port}; those of a supplied client are its own affair. */
  public Map<String, ConnectionCounts> connections() {
    Map<String, ConnectionCounts> counts = new TreeMap<>();
    clients.built().values().forEach(client -> count(client, counts));
    retired.leaving().forEach(client -> count(client, counts));
    return counts;
  }

  private static void count(SharedClient client, Map<String, ConnectionCounts> counts) {
    client
        .connections()
        .byHost()
        .forEach(
            (host, stats) ->
                counts.merge(
                    host,
                    new ConnectionCounts(
                        stats.getLeased(), stats.getAvailable(), stats.getPending()),
                    ConnectionCounts::and));
  }

  /** The digests by which clients are told apart; none of them a secret. */
  List<ClientKey> keys() {
    return List.copyOf(clients.built().keySet());
  }

  /** Who carries a request there. */
  Carrier carrier(Destination destination) {
    if (supplied.isPresent()) {
      return new Carrier(supplied.get(), HttpClientContext.create(), false);
    }
    SharedClient client = client(destination);
    return new Carrier(client.client(), client.context(), true);
  }

  SharedClient client(Destination destination) {
    Optional<ForwardProxy> proxy = proxy(destination);
    ClientKey key =
        new ClientKey(
            proxy.map(this::proxyKey).orElse(""),
            destination.tls().map(Transport::tlsKey).orElse(""),
            destination.scope());
    return clients.get(key, () -> factory.build(proxy, destination.tls()));
  }

  private Optional<ForwardProxy> proxy(Destination destination) {
    return budget.rules().proxyTo(destination.address());
  }

  private String proxyKey(ForwardProxy proxy) {
    String login = proxy.login().map(this::digest).orElse("");
    return proxy.authority() + "#" + login;
  }

  private String digest(Login login) {
    return Digest.of(List.of(salt, login.user(), login.password()));
  }

  private static String tlsKey(UpstreamTls tls) {
    return tls.fingerprint() + "/" + tls.serverName().orElse("");
  }

  /**
   * Whether an exchange with this destination can begin without a look-up of its name, which would
   * block.
   */
  boolean knowsName(Destination destination) {
    return supplied.isPresent() || names.knows(name(destination));
  }

  /**
   * Looks that name up.
   *
   * @param limit for waiting
   * @return as {@link Lookups#find}
   */
  CompletableFuture<Void> findName(Destination destination, Duration limit) {
    return lookups.find(name(destination), limit);
  }

  private String name(Destination destination) {
    return proxy(destination).map(ForwardProxy::host).orElse(destination.host());
  }

  /** Runs short tasks later, until the transport is closed. */
  public Timer timer() {
    return (delay, task) -> {
      var future = clock.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
      return () -> future.cancel(false);
    };
  }

  /** Without waiting for anything: time limits of calls go by the same thread. */
  private void housekeep() {
    clients.built().values().forEach(client -> client.connections().closeExpired());
    retired.tend();
  }

  /** Closes all connections of its own and ends its threads; takes two seconds at most. */
  @Override
  public void close() {
    clock.shutdownNow();
    lookups.close();
    clients.close(retire);
    retired.close();
  }
}
