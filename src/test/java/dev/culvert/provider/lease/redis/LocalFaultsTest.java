package dev.culvert.provider.lease.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.host.lease.LeaseBook;
import dev.culvert.provider.lease.Admission;
import dev.culvert.provider.lease.Book;
import dev.culvert.provider.lease.Lease;
import dev.culvert.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What goes wrong on this side: errors, and more questions than are taken. */
@Timeout(60)
class LocalFaultsTest {

  private static final Duration TTL = Duration.ofMinutes(5);

  private final RedisServer server = RedisServer.start();
  private final LeaseBook book = new LeaseBook(System::nanoTime, owner -> true);

  @AfterEach
  void stop() {
    server.close();
  }

  private RedisLeases connect() {
    return new RedisLeases(
        RedisConnection.open(Node.redis("culvert", server.port()), 2),
        "culvert",
        TTL.toMillis(),
        "node");
  }

  @Test
  void anErrorIsNoReasonNotToConnectAgain() {
    AtomicInteger tries = new AtomicInteger();
    LeaseKeeper keeper =
        new LeaseKeeper(
            () -> {
              if (tries.incrementAndGet() < 3) {
                throw new NoClassDefFoundError("for a while");
              }
              return connect();
            },
            new Book(book, 1),
            new OutageLog(System::nanoTime),
            TTL);
    try {
      keeper.start(Duration.ofSeconds(1));
      assertThat(keeper.fault("up")).contains("for a while");
      Awaitility.await().until(keeper::up);
    } finally {
      keeper.close();
    }
    assertThat(keeper.fault("up")).isEqualTo("closed");
  }

  @Test
  void whoeverAsksIsAnsweredThoughThereIsAnError() {
    Book broken =
        new Book(book, 1) {
          @Override
          public boolean acquire(Lease lease, int limit) {
            throw new OutOfMemoryError("for a test");
          }
        };
    try (RedisLeaseStore store =
        new RedisLeaseStore(Node.redis("culvert", server.port()), TTL, true, broken)) {
      store.start();
      Awaitility.await().until(store::up);
      Admission answer =
          store
              .acquire(Lease.of("up", "session"), 1)
              .toCompletableFuture()
              .orTimeout(20, TimeUnit.SECONDS)
              .join();

      assertThat(answer).isInstanceOf(Admission.Unavailable.class);
      Awaitility.await().until(store::up);
    }
  }

  @Test
  void whoFindsTheQueueFullIsRefusedThoughAdmissionIsOpen() {
    CountDownLatch busy = new CountDownLatch(1);
    Book slow =
        new Book(book, 1) {
          @Override
          public boolean acquire(Lease lease, int limit) {
            awaitQuietly(busy);
            return super.acquire(lease, limit);
          }
        };
    try (RedisLeaseStore store =
        new RedisLeaseStore(Node.redis("culvert", server.port()), TTL, true, slow)) {
      store.start();
      Awaitility.await().until(store::up);
      List<CompletableFuture<Admission>> asked = new ArrayList<>();
      for (int i = 0; i < Askers.THREADS + Askers.QUEUE + 100; i++) {
        asked.add(store.acquire(Lease.of("up", "s-" + i), 0).toCompletableFuture());
      }
      List<CompletableFuture<Admission>> refused = asked.subList(asked.size() - 100, asked.size());
      assertThat(refused).allMatch(each -> each.getNow(null) instanceof Admission.Unavailable);

      busy.countDown();
      asked.subList(0, asked.size() - 100).stream()
          .map(each -> each.orTimeout(20, TimeUnit.SECONDS).join())
          .forEach(each -> assertThat(each).isInstanceOf(Admission.Admitted.class));
      assertThat(book.sessions("up")).isEqualTo(asked.size() - 100);
    }
  }

  @Test
  void whoHasWaitedTooLongForHisTurnGoesWithout() {
    assertThat(lateForTheirTurn(true)).allMatch(each -> each.equals("uncounted"));
  }

  @Test
  void andIsRefusedWhereAdmissionIsClosed() {
    assertThat(lateForTheirTurn(false)).allMatch(each -> each.equals("refused"));
  }

  /** What becomes of twenty who come when all threads are busy, for longer than anybody waits. */
  private List<String> lateForTheirTurn(boolean failOpen) {
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(Askers.THREADS);
    AtomicLong clock = new AtomicLong(Long.MAX_VALUE); // it may overflow
    Book slow =
        new Book(book, 1) {
          @Override
          public boolean acquire(Lease lease, int limit) {
            begun.countDown();
            awaitQuietly(busy);
            return super.acquire(lease, limit);
          }
        };
    try (RedisLeaseStore store =
        new RedisLeaseStore(
            Node.redis("culvert", server.port()), TTL, failOpen, slow, TTL, clock::get)) {
      store.start();
      Awaitility.await().until(store::up);
      List<CompletableFuture<Admission>> first = ask(store, "first", Askers.THREADS);
      awaitQuietly(begun);
      List<CompletableFuture<Admission>> late = ask(store, "late", 20);
      clock.addAndGet(Askers.PATIENCE.toNanos() + 1);
      busy.countDown();

      assertThat(first.stream().map(LocalFaultsTest::outcome)).containsOnly("counted");
      List<String> outcomes = late.stream().map(LocalFaultsTest::outcome).toList();
      assertThat(store.up()).isTrue();
      return outcomes;
    }
  }

  private static List<CompletableFuture<Admission>> ask(
      RedisLeaseStore store, String name, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> store.acquire(Lease.of("up", name + "-" + i), 0).toCompletableFuture())
        .toList();
  }

  private static String outcome(CompletableFuture<Admission> asked) {
    Admission admission = asked.orTimeout(20, TimeUnit.SECONDS).join();
    if (admission instanceof Admission.Admitted admitted) {
      return admitted.counted() ? "counted" : "uncounted";
    }
    return "refused";
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
