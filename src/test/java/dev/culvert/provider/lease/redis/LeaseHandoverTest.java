package dev.culvert.provider.lease.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.provider.lease.Admission.Admitted;
import dev.culvert.provider.lease.Lease;
import dev.culvert.provider.lease.MemoryLeaseStore;
import dev.culvert.testkit.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Jedis;

/** A node is redeployed; its streams go on, and so do their leases, but for terminated ones. */
@Timeout(60)
class LeaseHandoverTest {

  private static final Duration TTL = Duration.ofMinutes(5);

  private final RedisServer server = RedisServer.start();
  private final Node other = new Node(Node.redis("culvert", server.port()), TTL, true, this::now);
  private Node node = new Node(Node.redis("culvert", server.port()), TTL, true, this::now);

  @AfterEach
  void stop() {
    node.close();
    other.close();
    server.close();
  }

  private long now() {
    return System.nanoTime();
  }

  private static <T> T get(CompletionStage<T> answer) {
    return answer.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  private void hold(String session) {
    assertThat(get(node.store.acquire(Lease.of("up", session), 0))).isInstanceOf(Admitted.class);
  }

  private void redeploy(String prefix) {
    node = node.redeployed(Node.redis(prefix, server.port()), TTL);
    Awaitility.await().until(node.store::up);
    node.beat();
    node.beat();
  }

  private int sessions() {
    return get(node.store.sessions("up"));
  }

  private List<String> held() {
    return node.book.renew().stream().map(Lease::session).toList();
  }

  @Test
  void whatLivesIsCountedAsBefore() {
    hold("one");
    hold("two");

    redeploy("culvert");

    assertThat(sessions()).isEqualTo(2);
    assertThat(held()).containsExactlyInAnyOrder("one", "two");
  }

  @Test
  void whatWasTerminatedElsewhereBeforeARedeployStaysSo() {
    hold("terminated");
    hold("other");
    node.beat(); // Redis knows the node: it registers nothing any more
    assertThat(get(other.store.terminate("up", "terminated"))).isEqualTo(1);

    redeploy("culvert");

    assertThat(sessions()).isEqualTo(1);
    assertThat(held()).containsExactly("other");
  }

  @Test
  void whatWasTerminatedElsewhereWhileNothingWasDeployedStaysSo() {
    hold("terminated");
    hold("other");
    node.close();
    assertThat(get(other.store.terminate("up", "terminated"))).isEqualTo(1);

    redeploy("culvert");

    assertThat(sessions()).isEqualTo(1);
    assertThat(held()).containsExactly("other");
  }

  @Test
  void whatRedisWasNotToldOfIsRegisteredByTheNextDeployment() {
    hold("counted");
    try (Jedis jedis = server.client()) {
      jedis.clientPause(6_500); // longer than the end of a store waits
    }
    hold("uncounted");
    assertThat(node.store.up()).isFalse();

    redeploy("culvert");

    assertThat(sessions()).isEqualTo(2);
    assertThat(held()).containsExactlyInAnyOrder("counted", "uncounted");
  }

  @Test
  void aRedisThatCountsAgainAfterAnotherOneIsToldOfAll() {
    hold("one");
    redeploy("elsewhere");
    hold("two");

    redeploy("culvert");

    assertThat(sessions()).isEqualTo(2);
    assertThat(held()).containsExactlyInAnyOrder("one", "two");
  }

  @Test
  void andSoIsOneAfterTheMemory() {
    hold("one");
    node.close();
    MemoryLeaseStore memory = new MemoryLeaseStore(node.book, TTL);
    memory.start();
    assertThat(get(memory.acquire(Lease.of("up", "two"), 0))).isInstanceOf(Admitted.class);
    memory.close();

    redeploy("culvert");

    assertThat(sessions()).isEqualTo(2);
    assertThat(held()).containsExactlyInAnyOrder("one", "two");
  }
}
