package dev.culvert.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.config.RedisRules;
import dev.culvert.config.SessionRules;
import dev.culvert.host.lease.LeaseBook;
import dev.culvert.provider.lease.Admission;
import dev.culvert.provider.lease.Book;
import dev.culvert.provider.lease.Lease;
import dev.culvert.provider.lease.redis.Warnings;
import dev.culvert.testkit.FreePort;
import dev.culvert.testkit.RedisServer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;

/** A store that changes under leases that are held. */
@Timeout(60)
class LeasesTest {

  private static final RedisServer SERVER = RedisServer.start();
  private static final Duration TTL = Duration.ofMinutes(5);
  private static final SessionRules MEMORY = new SessionRules(Optional.empty(), TTL, true);

  private final Workers workers = new Workers();
  private Book held = new Book(new LeaseBook(System::nanoTime, owner -> true), 1);
  private Leases leases;

  @AfterEach
  void close() {
    leases.close();
    workers.close();
    try (Jedis jedis = SERVER.client()) {
      jedis.flushAll();
    }
  }

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  private void begin(SessionRules rules) {
    leases = new Leases(held, workers, rules);
    leases.start();
  }

  private static SessionRules redis(String prefix, Duration ttl) {
    RedisRules redis =
        new RedisRules(
            List.of(new RedisRules.Node("127.0.0.1", SERVER.port())),
            Optional.empty(),
            0,
            Optional.empty(),
            prefix);
    return new SessionRules(Optional.of(redis), ttl, true);
  }

  private Lease acquire(String session, int limit) {
    Lease lease = Lease.of("up", session);
    assertThat(ask(lease, limit)).isEqualTo(new Admission.Admitted(lease, true));
    return lease;
  }

  private Admission ask(Lease lease, int limit) {
    return leases
        .acquire(lease, limit)
        .toCompletableFuture()
        .orTimeout(20, TimeUnit.SECONDS)
        .join();
  }

  private static long inRedis(String prefix) {
    try (Jedis jedis = SERVER.client()) {
      return jedis.zcard(prefix + ":{up}:leases");
    }
  }

  private static void awaitInRedis(String prefix, long expected) {
    Awaitility.await().until(() -> inRedis(prefix) == expected);
  }

  @Test
  void leasesMoveFromMemoryToRedisAndBack() {
    begin(MEMORY);
    Lease first = acquire("one", 2);
    leases.configure(redis("a", TTL));
    awaitInRedis("a", 1);
    Awaitility.await().until(leases::up);
    acquire("two", 2);
    assertThat(ask(Lease.of("up", "three"), 2)).isInstanceOf(Admission.Full.class);

    leases.configure(MEMORY);
    awaitInRedis("a", 0);
    assertThat(ask(Lease.of("up", "three"), 2)).isInstanceOf(Admission.Full.class);
    leases.release(first);
    acquire("three", 2);
    Awaitility.await().until(() -> held.owed(10).isEmpty());
  }

  @Test
  void theOldPlaceForgetsWhatTheNewOneCounts() {
    begin(redis("a", TTL));
    Lease first = acquire("one", 0);
    acquire("two", 0);
    leases.release(first);
    leases.configure(redis("b", TTL));

    awaitInRedis("b", 1);
    awaitInRedis("a", 0);
  }

  @Test
  void anotherTimeToLiveLeavesTheLeasesWhereTheyAre() {
    begin(redis("a", TTL));
    acquire("one", 0);
    leases.configure(redis("a", Duration.ofSeconds(2)));
    awaitInRedis("a", 1);

    try (Jedis jedis = SERVER.client()) {
      Awaitility.await()
          .untilAsserted(() -> assertThat(jedis.pttl("a:{up}:leases")).isBetween(1L, 2_000L));
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2_500);
      Awaitility.await().until(() -> System.nanoTime() > end); // renewed by heartbeats meanwhile
      assertThat(jedis.zcard("a:{up}:leases")).isEqualTo(1);
    }
  }

  @Test
  void rulesThatDoNotChangeChangeNothing() {
    begin(redis("a", TTL));
    acquire("one", 0);
    try (Jedis jedis = SERVER.client()) {
      Awaitility.await().until(() -> jedis.exists("a:{up}:nodes")); // nothing is left to be told
      jedis.configResetStat();
      leases.configure(redis("a", TTL));
      assertThat(jedis.info("commandstats")).doesNotContain("cmdstat_evalsha");
    }
  }

  @Test
  void theMetricSaysWhetherTheStoreAnswers() {
    begin(MEMORY);
    assertThat(leases.sample().value()).isEqualTo(1);
    RedisRules nowhere =
        new RedisRules(
            List.of(new RedisRules.Node("127.0.0.1", 1)),
            Optional.empty(),
            0,
            Optional.empty(),
            "a");
    leases.configure(new SessionRules(Optional.of(nowhere), TTL, true));
    assertThat(leases.sample().value()).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aStoreThatIsNotThereAdmitsAsTheConfigurationSays(boolean failOpen) throws IOException {
    begin(
        TestSettings.of(
                "culvert.sessions.store",
                "redis",
                "culvert.sessions.redis.url",
                "redis://127.0.0.1:" + FreePort.find(),
                "culvert.sessions.fail-open",
                Boolean.toString(failOpen))
            .sessions());

    assertThat(ask(Lease.of("up", "one"), 0))
        .isInstanceOf(failOpen ? Admission.Admitted.class : Admission.Unavailable.class);
  }

  @Test
  void aLeaseIsRenewedThreeTimesInATimeToLive() throws InterruptedException {
    Duration ttl = Duration.ofSeconds(2);
    CountDownLatch renewals = new CountDownLatch(3);
    held =
        new Book(new LeaseBook(System::nanoTime, owner -> true), 1) {
          @Override
          public List<Lease> renew() {
            List<Lease> renewed = super.renew();
            renewed.forEach(lease -> renewals.countDown());
            return renewed;
          }
        };
    begin(new SessionRules(Optional.empty(), ttl, true));
    acquire("one", 0);

    assertThat(renewals.await(ttl.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
  }

  /**
   * Four are on their way and many queued when the server stands still: for a moment, and for
   * longer than anybody waits for it, so that the store that is replaced cannot tell what it owes.
   */
  @ParameterizedTest
  @ValueSource(longs = {400, 1_500})
  void whoWaitsForAStoreThatIsReplacedIsAdmittedByTheNewOne(long standstill) {
    begin(redis("a", TTL));
    List<CompletableFuture<Admission>> asked;
    try (Jedis jedis = SERVER.client()) {
      jedis.clientPause(standstill);
      asked =
          IntStream.range(0, 500)
              .mapToObj(i -> leases.acquire(Lease.of("up", "s-" + i), 0).toCompletableFuture())
              .toList();
    }
    long from = System.nanoTime();
    leases.configure(redis("a", TTL.plusSeconds(1)));
    assertThat(System.nanoTime() - from).isLessThan(TimeUnit.MILLISECONDS.toNanos(300));

    assertThat(asked)
        .allSatisfy(
            each ->
                assertThat(each.orTimeout(20, TimeUnit.SECONDS).join())
                    .isInstanceOf(Admission.Admitted.class));
    Awaitility.await().until(() -> held.owed(10).isEmpty());
    awaitInRedis("a", 500);
  }

  @Test
  void aMoveThatFailsDoesNotKeepTheNextOneFromBeingMade() throws Exception {
    CountDownLatch failed = new CountDownLatch(1);
    held =
        new Book(new LeaseBook(System::nanoTime, owner -> true), 1) {
          @Override
          public void keep(boolean remote, Duration ttl) {
            if (ttl.equals(TTL.plusSeconds(1))) {
              failed.countDown();
              throw new IllegalStateException("no");
            }
            super.keep(remote, ttl);
          }
        };
    begin(MEMORY);
    acquire("one", 0);
    try (Warnings warnings = new Warnings()) {
      leases.configure(redis("a", TTL.plusSeconds(1)));
      assertThat(failed.await(20, TimeUnit.SECONDS)).isTrue();
      leases.configure(redis("b", TTL));

      awaitInRedis("b", 1);
      assertThat(warnings.of("CULVERT-E007")).hasSize(1);
    }
  }

  @Test
  void twoChangesInARowEndInTheLastOne() {
    begin(redis("a", TTL));
    acquire("one", 0);
    leases.configure(redis("b", TTL));
    leases.configure(redis("c", TTL));

    awaitInRedis("c", 1);
    awaitInRedis("b", 0);
    awaitInRedis("a", 0);
    Awaitility.await().until(leases::up);
  }
}
