package dev.culvert.host.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.boundary.LeaseId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** What {@code LeaseStoreContract} does not see: streams, owners and what a store is owed. */
class LeaseBookTest {

  private static final long OWNER = 1;
  private static final long TTL = Duration.ofMinutes(5).toNanos();

  private final AtomicLong clock = new AtomicLong();
  private final Set<Long> living = new HashSet<>(Set.of(OWNER));
  private final LeaseBook book = new LeaseBook(clock::get, living::contains);

  private static LeaseId lease(String session, String token) {
    return new LeaseId("up", session, token);
  }

  private LeaseId take(String session, String token) {
    LeaseId lease = lease(session, token);
    assertThat(book.acquire(OWNER, lease, 0)).isTrue();
    return lease;
  }

  private LeaseId pinned(String session, String token) {
    LeaseId lease = take(session, token);
    assertThat(book.pin(lease)).isTrue();
    return lease;
  }

  @Test
  void aStreamsLeaseNeedsNobodyToRenewIt() {
    LeaseId lease = pinned("session", "a");
    clock.addAndGet(10 * TTL);
    assertThat(book.sessions("up")).isEqualTo(1);

    book.release(lease);
    assertThat(book.sessions("up")).isZero();
  }

  @Test
  void anOwnerWhoIsLateKeepsItsLeases() {
    LeaseId lease = take("session", "a");
    clock.addAndGet(10 * TTL);
    assertThat(book.sessions("up")).isEqualTo(1);

    assertThat(book.renew(OWNER)).containsExactly(lease);
    assertThat(book.acquire(OWNER, lease("other", "b"), 1)).isFalse();
  }

  @Test
  void aShorterTimeToLiveTakesNoLeaseFromAnOwnerWhoLives() {
    LeaseId lease = take("session", "a");
    clock.addAndGet(TTL - 1);
    book.configure(false, TTL / 5);

    assertThat(book.renew(OWNER)).containsExactly(lease);
  }

  @Test
  void leasesOfAnOwnerWhoIsGoneEndByTheirTime() {
    take("session", "a");
    book.acquire(OWNER + 1, lease("other", "b"), 0);
    living.remove(OWNER);
    living.add(OWNER + 1);
    clock.addAndGet(TTL - 1);
    assertThat(book.sessions("up")).isEqualTo(2);
    clock.incrementAndGet();

    assertThat(book.renew(OWNER + 1)).containsExactly(lease("other", "b"));
    assertThat(book.sessions("up")).isEqualTo(1);
  }

  @Test
  void aStreamsLeaseStaysWhenItsDeploymentEnds() {
    take("one", "a");
    LeaseId pinned = pinned("two", "b");
    book.end(OWNER);

    assertThat(book.renew(OWNER + 1)).containsExactly(pinned);
    assertThat(book.acquire(OWNER + 1, lease("three", "c"), 1)).isFalse();
  }

  @Test
  void aLeaseThatHasEndedBecomesNoStreams() {
    LeaseId lease = take("session", "a");
    book.release(lease);

    assertThat(book.pin(lease)).isFalse();
    assertThat(book.sessions("up")).isZero();
  }

  @Test
  void anOwnerRenewsItsOwnOnly() {
    LeaseId mine = take("one", "a");
    book.acquire(OWNER + 1, lease("two", "b"), 0);
    living.clear();
    clock.addAndGet(TTL / 2);
    book.renew(OWNER);
    clock.addAndGet(TTL / 2);

    assertThat(book.renew(OWNER)).containsExactly(mine);
  }

  @Test
  void aStoreOutsideIsOwedWhatHasEndedUntilItIsTold() {
    book.configure(true, TTL);
    LeaseId released = take("one", "a");
    LeaseId terminated = pinned("two", "b");
    LeaseId abandoned = take("three", "c");
    book.release(released);
    book.release(released);
    book.terminate("up", "two");
    book.end(OWNER);

    assertThat(book.owed(10)).containsExactly(released, terminated, abandoned);
    book.told(List.of("a", "c"));
    assertThat(book.owed(10)).containsExactly(terminated);
  }

  @Test
  void nothingIsOwedLongerThanTheStoreCountsIt() {
    book.configure(true, TTL);
    book.release(take("one", "a"));
    clock.addAndGet(TTL + 1);

    assertThat(book.owed(10)).isEmpty();
  }

  @Test
  void whatIsDroppedIsToldOnceInTenSeconds() {
    book.configure(true, TTL);
    book.release(take("one", "a"));
    assertThat(book.dropped()).isZero();
    clock.addAndGet(TTL + 1);
    assertThat(book.dropped()).isEqualTo(1);

    for (int i = 0; i < OwedReleases.MOST + 10; i++) {
      book.release(take("session", "t" + i));
    }
    take("last", "sweeps");
    assertThat(book.dropped()).isZero();
    clock.addAndGet(OwedReleases.QUIET);
    assertThat(book.dropped()).isEqualTo(10);
    assertThat(book.dropped()).isZero();
  }

  /** Of the book only; the host tells. */
  @Test
  void nothingIsLoggedUnderTheLock() {
    List<LogRecord> logged = new ArrayList<>();
    Handler handler = new RecordingHandler(logged);
    Logger logger = Logger.getLogger("dev.culvert.lease");
    logger.addHandler(handler);
    try {
      book.configure(true, TTL);
      book.release(take("one", "a"));
      clock.addAndGet(TTL + 1);
      book.owed(10);
    } finally {
      logger.removeHandler(handler);
    }

    assertThat(logged).isEmpty();
    assertThat(book.dropped()).isEqualTo(1);
  }

  private static final class RecordingHandler extends Handler {
    private final List<LogRecord> records;

    RecordingHandler(List<LogRecord> records) {
      this.records = records;
    }

    @Override
    public void publish(LogRecord entry) {
      records.add(entry);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @Test
  void withoutAStoreOutsideNothingIsOwed() {
    book.release(take("one", "a"));
    assertThat(book.owed(10)).isEmpty();

    book.configure(true, TTL);
    book.release(take("two", "b"));
    book.configure(false, TTL);
    assertThat(book.owed(10)).isEmpty();
  }

  @Test
  void whatIsOwedIsBounded() {
    book.configure(true, TTL);
    for (int i = 0; i < OwedReleases.MOST + 10; i++) {
      book.release(take("session", "t" + i));
    }
    assertThat(book.owed(Integer.MAX_VALUE))
        .hasSizeLessThanOrEqualTo(OwedReleases.MOST)
        .last()
        .isEqualTo(lease("session", "t" + (OwedReleases.MOST + 9)));
  }

  @Test
  void totalsAreLeasesOfEachProvider() {
    take("session", "a");
    LeaseId other = take("session", "b");
    book.acquire(OWNER, new LeaseId("spare", "session", "c"), 0);
    assertThat(book.totals()).isEqualTo(Map.of("up", 2, "spare", 1));

    book.release(other);
    book.release(lease("session", "a"));
    assertThat(book.totals()).isEqualTo(Map.of("up", 0, "spare", 1));
  }

  @Test
  void theLimitHoldsAgainstManyThreads() throws InterruptedException {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      String session = "session-" + t;
      Thread thread =
          new Thread(
              () -> {
                for (int i = 0; i < 20_000; i++) {
                  LeaseId lease = lease(session, session + i);
                  if (book.acquire(OWNER, lease, 2)) {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    inside.decrementAndGet();
                    book.release(lease);
                  }
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join(TimeUnit.SECONDS.toMillis(30));
    }

    assertThat(most).hasValueLessThanOrEqualTo(2);
    assertThat(book.sessions("up")).isZero();
  }
}
