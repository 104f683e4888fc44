package dev.culvert.provider.lease.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.provider.lease.Admission;
import dev.culvert.provider.lease.Admission.Admitted;
import dev.culvert.provider.lease.Lease;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisAccessControlException;

/** Redis that goes away and comes back with nothing in it. */
@Timeout(60)
class OutageTest extends SingleRedis {

  @Test
  void whoeverComesMeanwhileIsAdmittedUncountedAndCountedAfterwards() {
    hold("before");
    stopServer();

    Lease meanwhile = Lease.of("up", "meanwhile");
    assertThat(ask(node, meanwhile, 1)).isEqualTo(new Admitted(meanwhile, false));
    assertThat(sessions()).isEqualTo(-1);

    server.startAgain();
    awaitUp(true);
    assertThat(sessions()).isEqualTo(2);
    assertThat(ask(node, Lease.of("up", "third"), 2)).isInstanceOf(Admission.Full.class);
  }

  @Test
  void whatEndsMeanwhileIsGoneAfterwards() {
    Lease before = hold("before");
    stopServer();
    Lease meanwhile = hold("meanwhile");
    node.store.release(before);
    node.store.release(meanwhile);

    server.startAgain();
    awaitUp(true);
    Awaitility.await().untilAsserted(() -> assertThat(sessions()).isZero());
    assertThat(node.book.owed(10)).isEmpty();
  }

  @Test
  void bothPathsWarnOnceAndNameProviderAndSession() {
    Lease lease = hold("before");
    stopServer();
    for (int i = 0; i < 20; i++) {
      hold("meanwhile-" + i);
    }
    node.store.release(lease);
    node.beat();

    assertThat(warnings.of("CULVERT-E001")).hasSize(1);
    assertThat(warnings.of("CULVERT-E003"))
        .singleElement()
        .asString()
        .contains("provider=up session=meanwhile-0");
    assertThat(warnings.of("CULVERT-E004"))
        .singleElement()
        .asString()
        .contains("provider=up session=before");
  }

  @Test
  void aBeginningThatTakesLongIsNoOutageAndOneThatFailsIsToldWithItsReason() {
    CountDownLatch mayGoOn = new CountDownLatch(1);
    try (LeaseKeeper keeper =
        new LeaseKeeper(
            () -> refusedAfter(mayGoOn), node.book, new OutageLog(System::nanoTime), TTL)) {
      keeper.start(Duration.ofMillis(1));
      assertThat(warnings.of("CULVERT-E001")).isEmpty();

      mayGoOn.countDown();

      Awaitility.await().until(() -> !warnings.of("CULVERT-E001").isEmpty());
      assertThat(warnings.of("CULVERT-E001")).singleElement().asString().contains("WRONGPASS");
    }
  }

  private static RedisLeases refusedAfter(CountDownLatch latch) {
    try {
      boolean unused = latch.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new JedisAccessControlException("WRONGPASS invalid username-password pair");
  }

  @Test
  void failingClosedRefusesAndLeavesNothing() {
    try (Node closed = node(false)) {
      server.stop();
      Lease lease = Lease.of("up", "session");
      assertThat(ask(closed, lease, 1)).isInstanceOf(Admission.Unavailable.class);
      assertThat(ask(closed, lease, 1)).isInstanceOf(Admission.Unavailable.class);
      assertThat(warnings.of("CULVERT-E003").get(0)).contains("refused", "session=session");

      server.startAgain();
      Awaitility.await().until(closed.store::up);
      Awaitility.await().untilAsserted(() -> assertThat(sessions()).isZero());
      assertThat(ask(closed, lease, 1)).isEqualTo(new Admitted(lease, true));
    }
  }

  @Test
  void aStoreThatBeginsWithoutRedisRegistersWhatIsHeldWhenItComes() {
    server.stop();
    try (Node late = node(true)) {
      assertThat(late.store.up()).isFalse();
      Lease lease = Lease.of("up", "session");
      assertThat(ask(late, lease, 1)).isEqualTo(new Admitted(lease, false));

      server.startAgain();
      Awaitility.await().until(late.store::up);
      Awaitility.await().untilAsserted(() -> assertThat(sessions()).isEqualTo(1));
    }
  }

  @Test
  void aSessionThatWasTerminatedElsewhereIsNotBroughtBackByAReconnection() {
    hold("session");
    node.beat();
    try (Node other = node(true);
        Jedis jedis = server.client()) {
      assertThat(other.store.terminate("up", "session").toCompletableFuture().join()).isEqualTo(1);
      jedis.clientPause(RedisConnection.PATIENCE.toMillis() * 2);
    }
    node.store.heartbeat();
    Awaitility.await().until(() -> !warnings.of("CULVERT-E001").isEmpty());
    awaitUp(true);
    hold("later");
    node.beat();

    assertThat(sessions()).isEqualTo(1);
  }

  @Test
  void anIdleNodeNoticesAnOutageAndItsEnd() {
    Duration often = Duration.ofMillis(200);
    try (Node idle =
        new Node(Node.redis("culvert", server.port()), TTL, true, System::nanoTime, often)) {
      Awaitility.await().until(idle.store::up);
      server.stop();
      Awaitility.await().until(() -> !idle.store.up());
      server.startAgain();
      Awaitility.await().until(idle.store::up);
    }
  }

  @Test
  void aRedisThatLosesItsMemoryWithoutAnOutageIsToldOfAll() {
    Duration often = Duration.ofMillis(200);
    try (Node holder =
            new Node(Node.redis("culvert", server.port()), TTL, true, System::nanoTime, often);
        Jedis jedis = server.client()) {
      for (int i = 0; i < RedisLeases.BATCH + 10; i++) {
        ask(holder, Lease.of("up", "s-" + i), 0);
      }
      jedis.flushAll();
      Awaitility.await().untilAsserted(() -> assertThat(sessions()).isEqualTo(510));
    }
    assertThat(warnings.of("CULVERT-E001")).isEmpty();
  }

  @Test
  void underLoadNobodyWaitsLongAndNothingStays() throws Exception {
    Set<Lease> kept = ConcurrentHashMap.newKeySet();
    AtomicLong slowest = new AtomicLong();
    AtomicLong slowestRelease = new AtomicLong();
    AtomicInteger uncounted = new AtomicInteger();
    AtomicInteger counted = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    AtomicInteger phase = new AtomicInteger();
    for (int t = 0; t < 6; t++) {
      int worker = t;
      Thread thread =
          new Thread(
              () -> {
                for (int i = 0; phase.get() < 3; i++) {
                  Lease lease = Lease.of("up", "s-" + worker + "-" + i);
                  long from = System.nanoTime();
                  boolean inTime = ((Admitted) ask(node, lease, 0)).counted();
                  slowest.accumulateAndGet(System.nanoTime() - from, Math::max);
                  (inTime ? counted : uncounted).incrementAndGet();
                  if (i % 500 == 0) {
                    kept.add(lease);
                  } else {
                    long released = System.nanoTime();
                    node.store.release(lease);
                    slowestRelease.accumulateAndGet(System.nanoTime() - released, Math::max);
                  }
                }
              });
      threads.add(thread);
      thread.start();
    }
    Awaitility.await().until(() -> counted.get() > 500);
    try (Jedis jedis = server.client()) {
      jedis.clientPause(60_000); // whoever waits for it waits for as long as he ever does
    }
    awaitUp(false);
    server.stop();
    awaitUp(false);
    Awaitility.await().until(() -> uncounted.get() > 5_000);
    server.startAgain();
    awaitUp(true);
    int before = counted.get();
    Awaitility.await().until(() -> counted.get() > before + 500);
    phase.set(3);
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(slowest.get()).isLessThan(TimeUnit.SECONDS.toNanos(3));
    assertThat(slowestRelease.get()).isLessThan(RedisConnection.PATIENCE.toNanos());
    assertThat(warnings.of("CULVERT-E003"))
        .isNotEmpty()
        .allMatch(line -> line.contains("session=s-"));
    assertThat(warnings.of("CULVERT-E004"))
        .isNotEmpty()
        .allMatch(line -> line.contains("session=s-"));
    Awaitility.await().untilAsserted(() -> assertThat(sessions()).isEqualTo(kept.size()));
    kept.forEach(node.store::release);
    Awaitility.await().untilAsserted(() -> assertThat(sessions()).isZero());
  }

  @Test
  void aServerThatHangsHoldsUpWhoeverAskedThenAndNobodyAfterwards() {
    Lease held = hold("held");
    try (Jedis jedis = server.client()) {
      jedis.clientPause(3_000);
    }
    long from = System.nanoTime();
    Lease first = hold("first");
    assertThat(System.nanoTime() - from).isLessThan(TimeUnit.SECONDS.toNanos(2));
    from = System.nanoTime();
    Lease second = hold("second");
    assertThat(System.nanoTime() - from).isLessThan(TimeUnit.MILLISECONDS.toNanos(300));
    assertThat(node.store.up()).isFalse();
    node.store.release(first);

    awaitUp(true);
    Awaitility.await().untilAsserted(() -> assertThat(sessions()).isEqualTo(2));
    node.store.release(held);
    node.store.release(second);
    Awaitility.await().untilAsserted(() -> assertThat(sessions()).isZero());
  }

  @Test
  void aServerThatNeverAnswersHoldsUpNoBeginning() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      long from = System.nanoTime();
      try (Node mute =
          new Node(Node.redis("culvert", silent.getLocalPort()), TTL, true, System::nanoTime)) {
        Lease lease = Lease.of("up", "session");
        assertThat(ask(mute, lease, 1)).isEqualTo(new Admitted(lease, false));
        assertThat(System.nanoTime() - from).isLessThan(TimeUnit.SECONDS.toNanos(4));
      }
    }
  }

  @Test
  void aFaultThatStaysIsNoReasonToConnectWithoutAPause() {
    try (Jedis jedis = server.client();
        Node closed = node(false)) {
      hold("held");
      jedis.aclSetUser("default", "-evalsha", "-eval");
      ask(closed, Lease.of("up", "session"), 0);
      Awaitility.await().until(() -> !closed.store.up());
      long before = connections(jedis);
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
      Awaitility.await().until(() -> System.nanoTime() > end);
      assertThat(connections(jedis) - before).isLessThan(20);

      jedis.aclSetUser("default", "+@all");
      Awaitility.await().until(closed.store::up);
    }
  }

  private static long connections(Jedis jedis) {
    return jedis
        .info("stats")
        .lines()
        .filter(line -> line.startsWith("total_connections_received:"))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1)))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aClosedStoreHasToldAllItOwed() {
    Lease lease = hold("session");
    hold("other");
    node.store.release(lease);
    node.close();

    assertThat(ask(node, Lease.of("up", "late"), 0)).isInstanceOf(Admission.Unavailable.class);
    try (Node next = node(true)) {
      assertThat(next.store.sessions("up").toCompletableFuture().join()).isEqualTo(1);
    }
  }

  @Test
  void threadsEndWithTheStore() {
    hold("session");
    node.close();

    Awaitility.await()
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().startsWith("culvert-lease")));
  }
}
