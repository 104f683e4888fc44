package dev.culvert.provider.lease.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.config.RedisRules;
import dev.culvert.provider.lease.Admission;
import dev.culvert.provider.lease.Lease;
import dev.culvert.testkit.RedisCluster;
import dev.culvert.testkit.RedisServer;
import dev.culvert.testkit.SharedRedis;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** On a cluster of three masters, of which one is named. */
class RedisClusterTest extends RedisContract {

  private static final RedisCluster CLUSTER = SharedRedis.cluster();

  @Override
  RedisRules redis() {
    return Node.redis("culvert", CLUSTER.nodes().get(0).port());
  }

  @Override
  Jedis client() {
    return CLUSTER.nodes().get(0).client();
  }

  @Test
  void providersAreSpreadAndEachIsCountedByItself() {
    for (int i = 0; i < 30; i++) {
      Lease lease = Lease.of(provider() + "-" + i, "session");
      assertThat(ask(here(), lease, 1)).isEqualTo(new Admission.Admitted(lease, true));
      assertThat(ask(there(), Lease.of(lease.provider(), "other"), 1))
          .isInstanceOf(Admission.Full.class);
    }
    beat(here());

    assertThat(CLUSTER.nodes()).allSatisfy(node -> assertThat(keys(node)).isPositive());
    for (int i = 0; i < 30; i++) {
      assertThat(get(there().sessions(provider() + "-" + i))).isEqualTo(1);
    }
  }

  @Test
  void severalNodesMayBeNamed() {
    int[] ports = CLUSTER.nodes().stream().mapToInt(RedisServer::port).toArray();
    try (Node node = new Node(Node.redis("culvert", ports), TTL, true, () -> 0)) {
      acquire(node.store, "session", 1);
      assertSessions(1);
      assertThat(ask(here(), Lease.of(provider(), "other"), 1)).isInstanceOf(Admission.Full.class);
    }
  }

  private static long keys(RedisServer node) {
    try (Jedis jedis = node.client()) {
      return jedis.dbSize();
    }
  }
}
