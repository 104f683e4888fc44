package dev.culvert.provider.lease.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.provider.lease.Admission;
import dev.culvert.provider.lease.Admission.Admitted;
import dev.culvert.provider.lease.Lease;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.args.ClientType;
import redis.clients.jedis.params.ClientKillParams;
import redis.clients.jedis.params.ClientKillParams.SkipMe;

/** Sockets to Redis that nobody uses, and those that somebody on the way has closed. */
@Timeout(60)
class IdleSocketsTest extends SingleRedis {

  @Test
  void socketsThatWereClosedBehindOurBackAreNoOutage() {
    List<CompletionStage<Admission>> burst = new ArrayList<>();
    try (Node closed = node(false);
        Jedis jedis = server.client()) {
      for (int i = 0; i < 100; i++) {
        ask(closed, Lease.of("up", "before-" + i), 0);
        burst.add(closed.store.acquire(Lease.of("up", "burst-" + i), 0));
      }
      burst.forEach(each -> each.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join());
      assertThat(connectionsOpen(jedis)).isGreaterThan(2);
      for (int round = 0; round < 5; round++) {
        jedis.clientKill(new ClientKillParams().type(ClientType.NORMAL).skipMe(SkipMe.YES));
        Lease lease = Lease.of("up", "after-" + round);
        assertThat(ask(closed, lease, 0)).isEqualTo(new Admitted(lease, true));
      }
    }
    assertThat(warnings.of("CULVERT-E001")).isEmpty();
  }

  private static long connectionsOpen(Jedis jedis) {
    return jedis.clientList().lines().count();
  }

  @Test
  void socketsThatNobodyUsesAreClosed() {
    try (RedisConnection connection =
            RedisConnection.open(Node.redis("culvert", server.port()), 5, Duration.ofNanos(1));
        Jedis jedis = server.client()) {
      long before = connectionsOpen(jedis);
      connection.run(Script.COUNT, List.of("{up}:a", "{up}:b", "{up}:c"), List.of());
      assertThat(connectionsOpen(jedis)).isEqualTo(before + 1);

      connection.closeIdle();

      Awaitility.await().until(() -> connectionsOpen(jedis) == before);
    }
  }

  @Test
  void anIdleNodeKeepsTheSocketThatItUsesAndNoOther() {
    Duration often = Duration.ofMillis(200);
    try (Node idle =
            new Node(Node.redis("culvert", server.port()), TTL, true, System::nanoTime, often);
        Jedis jedis = server.client()) {
      Awaitility.await().until(idle.store::up);
      long before = connectionsOpen(jedis);
      List<CompletionStage<Admission>> burst = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        burst.add(idle.store.acquire(Lease.of("up", "burst-" + i), 0));
      }
      burst.forEach(each -> each.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join());
      assertThat(connectionsOpen(jedis)).isGreaterThan(before);

      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> connectionsOpen(jedis) == before);
    }
  }
}
