package dev.culvert.provider.lease.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.host.lease.LeaseBook;
import dev.culvert.provider.lease.Book;
import dev.culvert.provider.lease.Lease;
import dev.culvert.testkit.RedisServer;
import dev.culvert.testkit.SharedRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A provider whose part of a cluster does not answer is owed more than is told at once. */
class ReleasesTest {

  private static final RedisServer SERVER = SharedRedis.server();

  /** How many releases were asked for, each time. */
  private final List<Integer> looks = new ArrayList<>();

  private final Book book =
      new Book(new LeaseBook(System::nanoTime, owner -> true), 1) {
        @Override
        public List<Lease> owed(int most) {
          looks.add(most);
          return super.owed(most);
        }
      };
  private final OutageLog log = new OutageLog(System::nanoTime);
  private final RedisLink link = new RedisLink(log, new NoRepair());
  private final RedisLeases redis =
      new RedisLeases(
          RedisConnection.open(Node.redis("culvert-" + UUID.randomUUID(), SERVER.port()), 1),
          "culvert-" + UUID.randomUUID(),
          60_000,
          "node");
  private final Releases releases = new Releases(link, book, new Unsent(), log);

  @BeforeEach
  void manyAreOwedToOneThatIsLost() {
    book.keep(true, Duration.ofMinutes(1));
    link.connected(redis);
    link.harmed("lost", new IllegalStateException("gone"));
    IntStream.range(0, 3 * RedisLeases.BATCH).forEach(i -> end(Lease.of("lost", "s-" + i)));
  }

  @AfterEach
  void close() {
    link.close();
  }

  private Lease end(Lease lease) {
    book.acquire(lease, 0);
    book.release(lease);
    return lease;
  }

  private Lease counted() {
    Lease lease = Lease.of("up", "session");
    redis.acquire(lease, 0);
    assertThat(redis.sessions("up")).isEqualTo(1);
    return end(lease);
  }

  @Test
  void anotherOneIsToldWithoutALookThroughAllThat() {
    releases.ended(counted());
    releases.settle();

    assertThat(redis.sessions("up")).isZero();
    assertThat(looks).containsExactly(RedisLeases.BATCH);
  }

  @Test
  void whatHasEndedWithItsStreamIsFoundAfterThat() {
    counted();
    releases.settle();
    assertThat(redis.sessions("up")).isEqualTo(1);

    releases.settleAfterFaulty();

    assertThat(redis.sessions("up")).isZero();
  }

  @Test
  void allIsToldWhenItIsBack() {
    link.faulty().clear();
    releases.settle();

    assertThat(book.owed(1)).isEmpty();
  }

  private static final class NoRepair implements RedisLink.Repair {
    @Override
    public void reconnect() {}

    @Override
    public void retry() {}
  }
}
