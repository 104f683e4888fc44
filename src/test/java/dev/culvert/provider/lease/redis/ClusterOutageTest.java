package dev.culvert.provider.lease.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.provider.lease.Admission;
import dev.culvert.provider.lease.Admission.Admitted;
import dev.culvert.provider.lease.Lease;
import dev.culvert.testkit.RedisCluster;
import dev.culvert.testkit.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Jedis;

/** A cluster of three masters that loses one, and all that was on it. */
@Timeout(120)
class ClusterOutageTest {

  private static final List<String> PROVIDERS =
      IntStream.range(0, 12).mapToObj(i -> "up-" + i).toList();

  private final RedisCluster cluster =
      RedisCluster.start("--cluster-require-full-coverage", "no", "--cluster-node-timeout", "1000");
  private final RedisServer lost = cluster.nodes().get(1);
  private final Node node =
      new Node(
          Node.redis("culvert", cluster.nodes().get(0).port()),
          Duration.ofMinutes(5),
          true,
          System::nanoTime,
          Duration.ofMillis(200));
  private final Warnings warnings = new Warnings();

  @AfterEach
  void stop() {
    node.close();
    cluster.close();
    warnings.close();
  }

  private Admission ask(Lease lease) {
    return node.store
        .acquire(lease, 0)
        .toCompletableFuture()
        .orTimeout(20, TimeUnit.SECONDS)
        .join();
  }

  private Lease hold(String provider, String session) {
    Lease lease = Lease.of(provider, session);
    assertThat(ask(lease)).isInstanceOf(Admitted.class);
    return lease;
  }

  private int sessions(String provider) {
    return node.store
        .sessions(provider)
        .toCompletableFuture()
        .orTimeout(20, TimeUnit.SECONDS)
        .join();
  }

  private void awaitSessions(String provider, int expected) {
    Awaitility.await().untilAsserted(() -> assertThat(sessions(provider)).isEqualTo(expected));
  }

  /** Of those with leases. */
  private List<String> providersOn(RedisServer server) {
    try (Jedis jedis = server.client()) {
      return PROVIDERS.stream()
          .filter(name -> jedis.keys("culvert:{" + name + "}:leases").size() == 1)
          .toList();
    }
  }

  @Test
  void aMasterThatComesBackEmptyIsToldOfAllLeases() {
    PROVIDERS.forEach(provider -> hold(provider, "session"));
    assertThat(providersOn(lost)).isNotEmpty();

    lost.stop();
    lost.startAgain();
    cluster.awaitReady();

    PROVIDERS.forEach(provider -> awaitSessions(provider, 1));
    node.beat();
    node.beat();
    PROVIDERS.forEach(provider -> awaitSessions(provider, 1));
    assertThat(node.book.renew()).hasSameSizeAs(PROVIDERS);
  }

  @Test
  void aMasterThatIsGoneHarmsItsOwnProvidersOnly() {
    List<Lease> held = PROVIDERS.stream().map(provider -> hold(provider, "session")).toList();
    node.beat();
    List<String> harmed = providersOn(lost);
    List<String> others = PROVIDERS.stream().filter(name -> !harmed.contains(name)).toList();
    lost.stop();
    Awaitility.await().until(() -> !node.store.up());

    assertThat(ask(Lease.of(harmed.get(0), "meanwhile")))
        .isInstanceOfSatisfying(Admitted.class, it -> assertThat(it.counted()).isFalse());
    held.stream().filter(lease -> harmed.contains(lease.provider())).forEach(node.store::release);
    held.stream().filter(lease -> !harmed.contains(lease.provider())).forEach(node.store::release);
    others.forEach(provider -> awaitSessions(provider, 0));
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
    while (System.nanoTime() < end) {
      for (String provider : others) {
        Lease lease = Lease.of(provider, "meanwhile");
        assertThat(ask(lease)).isEqualTo(new Admitted(lease, true));
        node.store.release(lease);
      }
    }
    assertThat(node.store.up()).isFalse();
    assertThat(warnings.of("CULVERT-E001")).hasSize(1);

    lost.startAgain();
    Awaitility.await().until(node.store::up);
    awaitSessions(harmed.get(0), 1);
    harmed.stream().skip(1).forEach(provider -> awaitSessions(provider, 0));
    assertThat(warnings.of("CULVERT-E001")).hasSize(1);
  }

  /** They end in the book alone, as those of streams do. */
  @Test
  void whatEndsWithItsStreamIsToldThoughMuchIsOwedToAMasterThatIsGone() {
    PROVIDERS.forEach(provider -> hold(provider, "session"));
    List<String> harmed = providersOn(lost);
    String other =
        PROVIDERS.stream().filter(name -> !harmed.contains(name)).findAny().orElseThrow();
    for (int i = 0; i < RedisLeases.BATCH; i++) {
      hold(harmed.get(0), "s-" + i);
    }
    lost.stop();
    Awaitility.await().until(() -> !node.store.up());
    List<Lease> held = node.book.renew();
    held.stream().filter(lease -> harmed.contains(lease.provider())).forEach(node.book::release);
    held.stream().filter(lease -> lease.provider().equals(other)).forEach(node.book::release);

    awaitSessions(other, 0);
  }
}
