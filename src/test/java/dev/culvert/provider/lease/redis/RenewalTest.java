package dev.culvert.provider.lease.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.provider.lease.Lease;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.resps.Slowlog;

/**
 * A node whose leases are renewed is known for longer, but not before all of them are: one that
 * breaks off in the middle leaves some that end before.
 */
@Timeout(60)
class RenewalTest extends SingleRedis {

  private static final String NODES = "culvert:{up}:nodes";
  private static final long TTL_MILLIS = TTL.toMillis();

  /** Of {@code EVALSHA}, its digest, the number of keys, the keys, the time and the node. */
  private static final int FLAG = 8;

  /** Commands in scripts count, too. */
  private static final int ENOUGH = 10_000;

  private final RedisConnection connection =
      RedisConnection.open(Node.redis("culvert", server.port()), 1);
  private final RedisLeases leases = new RedisLeases(connection, "culvert", TTL_MILLIS, "here");

  @AfterEach
  void close() {
    leases.close();
  }

  @Test
  void onlyTheLastOfThemLetsTheNodeBeKnownForLonger() {
    List<Lease> held = held(2);
    leases.register("up", held);
    try (Jedis jedis = server.client()) {
      jedis.zadd(NODES, (double) (System.currentTimeMillis() + 2 * TTL_MILLIS), "here");
      double known = jedis.zscore(NODES, "here");

      renew("0", held.get(0));
      assertThat(jedis.zscore(NODES, "here")).isEqualTo(known);

      renew("1", held.get(1));
      assertThat(jedis.zscore(NODES, "here")).isLessThan(known);
    }
  }

  private void renew(String last, Lease lease) {
    Object ended =
        connection.run(
            Script.RENEW,
            List.of("culvert:{up}:leases", "culvert:{up}:sessions", NODES),
            List.of(
                Long.toString(TTL_MILLIS), "here", last, lease.session() + " " + lease.token()));
    assertThat(ended).isEqualTo(List.of());
  }

  @Test
  void thatIsToldOfTheLastBatch() {
    List<Lease> held = held(2 * RedisLeases.BATCH + 1);
    leases.register("up", held);
    renew("1", held.get(0)); // from now on Redis knows the script
    try (Jedis jedis = server.client()) {
      jedis.configSet("slowlog-max-len", Integer.toString(ENOUGH));
      jedis.configSet("slowlog-log-slower-than", "0");
      jedis.slowlogReset();

      assertThat(leases.renew("up", held)).hasValueSatisfying(ended -> assertThat(ended).isEmpty());

      assertThat(jedis.slowlogGet(ENOUGH).stream().map(Slowlog::getArgs).map(RenewalTest::flag))
          .filteredOn(Objects::nonNull)
          .containsExactly("1", "0", "0"); // the newest first
    }
  }

  private static String flag(List<String> command) {
    return command.get(0).equalsIgnoreCase("evalsha") ? command.get(FLAG) : null;
  }

  private static List<Lease> held(int count) {
    return IntStream.range(0, count).mapToObj(i -> Lease.of("up", "session-" + i)).toList();
  }
}
