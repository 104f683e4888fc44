package dev.culvert.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.boundary.LeaseBoundary;
import dev.culvert.boundary.LeaseId;
import dev.culvert.boundary.ProviderBoundary;
import dev.culvert.config.RedisRules;
import dev.culvert.host.lease.LeaseBook;
import dev.culvert.provider.lease.Admission;
import dev.culvert.provider.lease.Lease;
import dev.culvert.provider.lease.redis.RedisLeaseStore;
import dev.culvert.testkit.RedisServer;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Jedis;

/** A deployment that ends while Redis is asked for it. */
@Timeout(60)
class DeploymentLeasesTest {

  private static final long DEPLOYMENT = 1;
  private static final String APPLICATION = "app";
  private static final Duration TTL = Duration.ofMinutes(5);

  private final RedisServer server = RedisServer.start();
  private final LeaseBook book = new LeaseBook(System::nanoTime, owner -> true);
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch mayGoOn = new CountDownLatch(1);
  private volatile boolean deployed = true;
  private final DeploymentLeases held =
      new DeploymentLeases(
          boundary(),
          new HostNotes(Stub.of(ProviderBoundary.class, Map.of()), DEPLOYMENT),
          DEPLOYMENT,
          APPLICATION);
  private final RedisLeaseStore store = new RedisLeaseStore(rules(), TTL, true, held);

  @AfterEach
  void end() {
    mayGoOn.countDown();
    store.close();
    server.close();
  }

  private RedisRules rules() {
    return new RedisRules(
        List.of(new RedisRules.Node("127.0.0.1", server.port())),
        Optional.empty(),
        0,
        Optional.empty(),
        "culvert");
  }

  /** A host with one deployment; whoever takes a lease waits inside. */
  private LeaseBoundary boundary() {
    return (LeaseBoundary)
        Proxy.newProxyInstance(
            LeaseBoundary.class.getClassLoader(),
            new Class<?>[] {LeaseBoundary.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "leases" -> null;
                  case "owedReleases", "renewLeases" -> List.of();
                  case "acquireLease" -> acquire(arguments);
                  case "releaseLease" ->
                      book.release(
                          new LeaseId(
                              (String) arguments[1], (String) arguments[2], (String) arguments[3]));
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private boolean acquire(Object[] arguments) throws InterruptedException {
    asked.countDown();
    assertThat(mayGoOn.await(20, TimeUnit.SECONDS)).isTrue();
    if (!deployed) {
      throw new IllegalStateException("deployment has ended");
    }
    LeaseId lease =
        new LeaseId((String) arguments[1], (String) arguments[2], (String) arguments[3]);
    return book.acquire(DEPLOYMENT, lease, 0);
  }

  private long inRedis() {
    try (Jedis jedis = server.client()) {
      return jedis.zcard("culvert:{up}:leases");
    }
  }

  @Test
  void whoIsAdmittedDuringTheUndeploymentLeavesNothingInRedis() throws Exception {
    store.start();
    CompletableFuture<Admission> answer =
        store.acquire(Lease.of("up", "session"), 1).toCompletableFuture();
    assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(inRedis()).isEqualTo(1);

    deployed = false;
    mayGoOn.countDown();

    assertThat(answer.get(20, TimeUnit.SECONDS)).isInstanceOf(Admission.Unavailable.class);
    Awaitility.await().until(() -> inRedis() == 0);
  }

  @Test
  void whoIsAskedBeforeTheEndIsAnsweredAndNobodyAskedAfterIt() throws Exception {
    store.start();
    Lease first = Lease.of("up", "session");
    CompletableFuture<Admission> answer = store.acquire(first, 1).toCompletableFuture();
    assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
    mayGoOn.countDown();
    store.end();

    assertThat(answer).isCompletedWithValue(new Admission.Admitted(first, true));
    assertThat(store.acquire(Lease.of("up", "late"), 0).toCompletableFuture())
        .isCompletedWithValueMatching(Admission.Unavailable.class::isInstance);
    assertThat(inRedis()).isEqualTo(1);
  }
}
