package dev.culvert.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.provider.lease.Lease;
import dev.culvert.provider.lease.redis.CountedRedis;
import dev.culvert.provider.lease.redis.Warnings;
import dev.culvert.testkit.RedisCluster;
import dev.culvert.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Requests that two providers refuse and the third one serves, while the one master that counts the
 * third one's sessions goes away and comes back with nothing in it.
 */
@Timeout(120)
class FailoverInOutageTest {

  private static final int WORKERS = 6;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final RedisCluster cluster =
      RedisCluster.start("--cluster-require-full-coverage", "no", "--cluster-node-timeout", "1000");

  /** Slot 7365, that of the provider c, is in the second third. */
  private final RedisServer lost = cluster.nodes().get(1);

  private final CountedRedis store = new CountedRedis(cluster.nodes(), Duration.ofMillis(200));
  private final Warnings warnings = new Warnings();
  private final Rig rig = new Rig(new TestLeases(store), "routes.r.retry.attempts", "3");

  private final Queue<Attempt> kept = new ConcurrentLinkedQueue<>();
  private final AtomicInteger served = new AtomicInteger();
  private final AtomicLong slowestEnd = new AtomicLong();
  private final AtomicLong slowestSwitch = new AtomicLong();
  private final AtomicLong slowestSwitchMeanwhile = new AtomicLong();
  private volatile boolean noticed;
  private volatile boolean over;

  @AfterEach
  void stop() {
    over = true;
    rig.close();
    cluster.close();
    warnings.close();
  }

  private void work() {
    for (int i = 0; !over; i++) {
      Attempts attempts = rig.request();
      Attempt attempt = switched(attempts, switched(attempts, next(attempts)));
      attempt.succeeded();
      if (i % 200 == 0) {
        kept.add(attempt);
      } else {
        end(attempt);
      }
      served.incrementAndGet();
    }
  }

  private static Attempt next(Attempts attempts) {
    return (Attempt) attempts.next().toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  private Attempt switched(Attempts attempts, Attempt failing) {
    boolean meanwhile = noticed;
    long from = System.nanoTime();
    assertThat(attempts.after(failing, Failure.of(Failure.Kind.CALLER_LIMITED)))
        .isEqualTo(new Verdict.Switch());
    end(failing);
    Attempt other = next(attempts);
    long took = System.nanoTime() - from;
    (meanwhile && noticed ? slowestSwitchMeanwhile : slowestSwitch)
        .accumulateAndGet(took, Math::max);
    return other;
  }

  private void end(Attempt attempt) {
    long from = System.nanoTime();
    attempt.close();
    slowestEnd.accumulateAndGet(System.nanoTime() - from, Math::max);
  }

  private void awaitServed(int more) {
    int enough = served.get() + more;
    Awaitility.await().atMost(LIMIT).until(() -> served.get() >= enough);
  }

  @Test
  void nobodyWaitsAndAllAreCountedAfterwards() throws Exception {
    List<Thread> workers = new ArrayList<>();
    AtomicInteger faults = new AtomicInteger();
    for (int i = 0; i < WORKERS; i++) {
      Thread worker = new Thread(this::work);
      worker.setUncaughtExceptionHandler((thread, fault) -> faults.incrementAndGet());
      workers.add(worker);
      worker.start();
    }
    awaitServed(1_000);
    lost.stop();
    Awaitility.await().atMost(LIMIT).until(() -> !store.store().up());
    awaitServed(WORKERS * 10); // those that had asked by then have been answered
    noticed = true;
    awaitServed(3_000);
    noticed = false;
    lost.startAgain();
    cluster.awaitReady();
    Awaitility.await().atMost(LIMIT).until(store.store()::up);
    awaitServed(1_000);
    over = true;
    for (Thread worker : workers) {
      worker.join(LIMIT.toMillis());
    }

    assertThat(faults).hasValue(0);
    assertThat(slowestEnd.get()).as("release").isLessThan(TimeUnit.MILLISECONDS.toNanos(400));
    assertThat(slowestSwitchMeanwhile.get())
        .as("failover while the master is gone")
        .isBetween(1L, TimeUnit.MILLISECONDS.toNanos(800));
    assertThat(slowestSwitch.get())
        .as("failover as it goes")
        .isLessThan(TimeUnit.SECONDS.toNanos(5));
    for (String id : List.of("CULVERT-E003", "CULVERT-E004")) {
      assertThat(warnings.of(id))
          .isNotEmpty()
          .allMatch(line -> line.matches(".* provider=c session=[0-9a-f-]{36}-[0-9]+ .*"));
    }
    Set<Lease> leases = kept.stream().map(Attempt::lease).collect(Collectors.toSet());
    assertThat(leases).hasSizeGreaterThan(10);
    Awaitility.await().untilAsserted(() -> assertThat(store.counted()).isEqualTo(leases));
    assertThat(rig.leases.heldForLong()).isEqualTo(leases);
    kept.forEach(Attempt::close);
    rig.assertNothingIsHeld();
  }
}
