package dev.culvert.provider.lease.redis;

import dev.culvert.config.Login;
import dev.culvert.config.RedisRules;
import dev.culvert.config.UpstreamTls;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.JedisCluster;
import redis.clients.jedis.JedisPooled;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisNoScriptException;
import redis.clients.jedis.util.Pool;

/**
 * A few sockets to one server, or to each node of a cluster. All calls wait for the network, for
 * {@link #PATIENCE} or a few times that at most. Safe for use by any thread.
 */
final class RedisConnection implements AutoCloseable {

  /** For a connect, for an answer, and for a free socket. */
  static final Duration PATIENCE = Duration.ofMillis(500);

  /** In a cluster: one more try at the node that the first one named, and one at a new master. */
  private static final int CLUSTER_ATTEMPTS = 3;

  /** Somebody on the way may let a socket go that is not used, and perhaps tell nobody. */
  private static final Duration IDLE = Duration.ofSeconds(5);

  private final UnifiedJedis jedis;

  /** Of the server, or of each node that the cluster has now. */
  private final Supplier<Collection<? extends Pool<Connection>>> pools;

  private final boolean cluster;

  private RedisConnection(JedisPooled server) {
    this.jedis = server;
    this.pools = () -> List.of(server.getPool());
    this.cluster = false;
  }

  private RedisConnection(JedisCluster nodes) {
    this.jedis = nodes;
    this.pools = () -> nodes.getClusterNodes().values();
    this.cluster = true;
  }

  /**
   * Connects.
   *
   * @param sockets per server, at most
   * @throws JedisException when nobody answers, or not as Redis does
   */
  static RedisConnection open(RedisRules rules, int sockets) {
    return open(rules, sockets, IDLE);
  }

  /**
   * @param idle how long a socket may be without use
   */
  static RedisConnection open(RedisRules rules, int sockets, Duration idle) {
    JedisClientConfig client = clientConfig(rules);
    Set<HostAndPort> nodes =
        rules.nodes().stream().map(RedisConnection::address).collect(Collectors.toSet());
    HostAndPort first = nodes.iterator().next();
    boolean cluster = nodes.size() > 1 || isCluster(first, client);
    GenericObjectPoolConfig<Connection> pool = poolConfig(sockets, idle);
    return cluster
        ? new RedisConnection(
            new JedisCluster(nodes, client, CLUSTER_ATTEMPTS, PATIENCE.multipliedBy(2), pool))
        : new RedisConnection(new JedisPooled(first, client, pool));
  }

  /** Whether one provider may fail while another is fine. */
  boolean isCluster() {
    return cluster;
  }

  /** Jedis wants IPv6 without brackets. */
  private static HostAndPort address(RedisRules.Node node) {
    String host = node.host();
    boolean bracketed = host.startsWith("[");
    return new HostAndPort(bracketed ? host.substring(1, host.length() - 1) : host, node.port());
  }

  /** A user who may not ask has a single server, or names several nodes. */
  private static boolean isCluster(HostAndPort node, JedisClientConfig client) {
    try (Jedis single = new Jedis(node, client)) {
      return single.info("cluster").contains("cluster_enabled:1");
    } catch (JedisDataException refused) {
      return false;
    }
  }

  private static JedisClientConfig clientConfig(RedisRules rules) {
    int millis = (int) PATIENCE.toMillis();
    DefaultJedisClientConfig.Builder config =
        DefaultJedisClientConfig.builder()
            .connectionTimeoutMillis(millis)
            .socketTimeoutMillis(millis)
            .database(rules.database())
            .clientSetInfoConfig(ClientSetInfoConfig.DISABLED);
    rules.login().map(Login::password).ifPresent(config::password);
    rules.login().map(Login::user).filter(user -> !user.isEmpty()).ifPresent(config::user);
    rules.tls().ifPresent(tls -> secure(config, tls));
    return config.build();
  }

  private static void secure(DefaultJedisClientConfig.Builder config, UpstreamTls tls) {
    SSLParameters parameters = new SSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    tls.serverName()
        .filter(name -> !name.startsWith("["))
        .ifPresent(name -> parameters.setServerNames(List.of(new SNIHostName(name))));
    config.ssl(true).sslSocketFactory(tls.context().getSocketFactory()).sslParameters(parameters);
  }

  /** Neither a thread that looks after idle sockets nor a management bean: both outlive us. */
  private static GenericObjectPoolConfig<Connection> poolConfig(int sockets, Duration idle) {
    GenericObjectPoolConfig<Connection> config = new GenericObjectPoolConfig<>();
    config.setMaxTotal(sockets);
    config.setMaxIdle(sockets);
    config.setMaxWait(PATIENCE);
    config.setMinEvictableIdleDuration(idle);
    config.setNumTestsPerEvictionRun(-1); // all
    config.setJmxEnabled(false);
    return config;
  }

  /**
   * Runs a script, in one round trip unless the server has not seen it yet or has closed the socket
   * meanwhile. In that case it may run twice, which does no harm to any: leases are named by their
   * tokens, and a session that is terminated again has none, so that fewer are counted. A cluster
   * is asked again by Jedis.
   *
   * @throws JedisException when there is no answer, or one that is a fault
   */
  Object run(Script script, List<String> keys, List<String> arguments) {
    try {
      return runOnce(script, keys, arguments);
    } catch (JedisConnectionException broken) {
      if (hasWaited(broken)) {
        throw broken;
      }
      pools.get().forEach(Pool::clear); // those beside it may be closed, too
      return runOnce(script, keys, arguments);
    }
  }

  /** For a connect or an answer; then it is an outage, and nobody is to wait once more. */
  private static boolean hasWaited(JedisConnectionException broken) {
    return Stream.concat(Stream.of(broken.getSuppressed()), Stream.ofNullable(broken.getCause()))
        .anyMatch(SocketTimeoutException.class::isInstance);
  }

  private Object runOnce(Script script, List<String> keys, List<String> arguments) {
    try {
      return jedis.evalsha(script.digest(), keys, arguments);
    } catch (JedisNoScriptException unknown) {
      return jedis.eval(script.text(), keys, arguments);
    }
  }

  /** Closes the sockets that nobody has used lately. */
  void closeIdle() {
    for (Pool<Connection> pool : pools.get()) {
      try {
        pool.evict();
      } catch (Exception e) {
        // It has been closed meanwhile, and all its sockets.
      }
    }
  }

  @Override
  public void close() {
    jedis.close();
  }
}
