package dev.culvert.provider.lease.redis;

import dev.culvert.config.RedisRules;
import dev.culvert.provider.lease.LeaseStore;
import dev.culvert.provider.lease.LeaseStoreContract;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import redis.clients.jedis.Jedis;

/**
 * Two nodes share one Redis. The clock of one stands still, that of the other is five minutes
 * ahead: neither decides anything.
 */
abstract class RedisContract extends LeaseStoreContract {

  private final String provider = "up-" + UUID.randomUUID();
  private Node here;
  private Node there;

  abstract RedisRules redis();

  /** A connection to a server whose clock counts. */
  abstract Jedis client();

  @BeforeEach
  void startNodes() {
    here = new Node(redis(), TTL, true, () -> 0);
    there = new Node(redis(), TTL, true, () -> System.nanoTime() + TimeUnit.MINUTES.toNanos(5));
  }

  @AfterEach
  void closeNodes() {
    here.close();
    there.close();
  }

  @Override
  protected String provider() {
    return provider;
  }

  @Override
  protected LeaseStore here() {
    return here.store;
  }

  @Override
  protected LeaseStore there() {
    return there.store;
  }

  @Override
  protected void beat(LeaseStore store) {
    (store == here.store ? here : there).beat();
  }

  @Override
  protected void pass(Duration time) {
    try (Jedis jedis = client()) {
      long end = millis(jedis) + time.toMillis();
      Awaitility.await().pollInterval(Duration.ofMillis(5)).until(() -> millis(jedis) > end);
    }
  }

  /** The server's time. */
  static long millis(Jedis jedis) {
    var time = jedis.time();
    return Long.parseLong(time.get(0)) * 1_000 + Long.parseLong(time.get(1)) / 1_000;
  }
}
