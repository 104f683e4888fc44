package dev.culvert.provider.lease.redis;

import dev.culvert.provider.lease.CountedStore;
import dev.culvert.provider.lease.Lease;
import dev.culvert.provider.lease.LeaseStore;
import dev.culvert.testkit.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** A real Redis, or the masters of a cluster. */
public final class CountedRedis implements CountedStore {

  private static final Duration TTL = Duration.ofMinutes(5);

  private final RedisKeys keys;
  private final Node node;

  /** A store with keys of its own, which asks for nothing but what the test has it do. */
  public CountedRedis(List<RedisServer> servers) {
    this(servers, Duration.ofHours(1));
  }

  /**
   * The same.
   *
   * @param probe how often it asks of itself whether Redis is there and has lost nothing
   */
  public CountedRedis(List<RedisServer> servers, Duration probe) {
    String prefix = "culvert-" + UUID.randomUUID();
    keys = new RedisKeys(servers, prefix);
    node = new Node(Node.redis(prefix, servers.get(0).port()), TTL, true, System::nanoTime, probe);
    Node.await("the store").until(node.store::up);
  }

  @Override
  public LeaseStore store() {
    return node.store;
  }

  @Override
  public Set<Lease> counted() {
    Node.await("releases that Redis is owed").until(() -> node.book.owed(1).isEmpty());
    return keys.leases();
  }

  @Override
  public void beat() {
    node.beat();
  }

  @Override
  public void close() {
    node.close();
  }
}
