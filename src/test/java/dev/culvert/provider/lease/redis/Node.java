package dev.culvert.provider.lease.redis;

import dev.culvert.config.RedisRules;
import dev.culvert.config.UpstreamTls;
import dev.culvert.host.lease.LeaseBook;
import dev.culvert.provider.lease.Book;
import dev.culvert.provider.lease.Lease;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** A node with a store and a book of its own, and a clock of its own. */
final class Node implements AutoCloseable {

  private static final Duration HARDLY_EVER = Duration.ofHours(1);

  private final CountedBook counted;
  final Book book;
  final RedisLeaseStore store;

  /** One that asks Redis for nothing but what the test has it do. */
  Node(RedisRules redis, Duration ttl, boolean failOpen, LongSupplier clock) {
    this(redis, ttl, failOpen, clock, HARDLY_EVER);
  }

  /**
   * @param probe how often Redis is asked though there is nothing to ask
   */
  Node(RedisRules redis, Duration ttl, boolean failOpen, LongSupplier clock, Duration probe) {
    this(redis, ttl, failOpen, new CountedBook(clock), probe);
  }

  private Node(
      RedisRules redis, Duration ttl, boolean failOpen, CountedBook counted, Duration probe) {
    this.counted = counted;
    this.book = counted;
    this.store = new RedisLeaseStore(redis, ttl, failOpen, book, probe, System::nanoTime);
    store.start();
  }

  /** The next deployment on this one's book, whose leases are those of streams that go on. */
  Node redeployed(RedisRules redis, Duration ttl) {
    store.end();
    close();
    return new Node(redis, ttl, true, counted, HARDLY_EVER);
  }

  /** Counts how often it was asked for what is owed: each settlement does. */
  private static final class CountedBook extends Book {
    private final AtomicInteger settlements = new AtomicInteger();

    CountedBook(LongSupplier clock) {
      super(new LeaseBook(clock, owner -> true), 1);
    }

    @Override
    public List<Lease> owed(int most) {
      settlements.incrementAndGet();
      return super.owed(most);
    }
  }

  static RedisRules redis(String prefix, int... ports) {
    return new RedisRules(
        Arrays.stream(ports).mapToObj(port -> new RedisRules.Node("127.0.0.1", port)).toList(),
        Optional.empty(),
        0,
        Optional.<UpstreamTls>empty(),
        prefix);
  }

  /** A heartbeat; returns when it is over. */
  void beat() {
    store.heartbeat();
    settle(); // perhaps one that was queued before the heartbeat
    settle();
  }

  private void settle() {
    int before = counted.settlements.get();
    store.settle();
    await("settlement").until(() -> counted.settlements.get() > before);
  }

  /** Looks often: what is waited for takes no time to speak of. */
  static ConditionFactory await(String what) {
    return Awaitility.await(what).pollInterval(Duration.ofMillis(1)).pollDelay(Duration.ZERO);
  }

  @Override
  public void close() {
    store.close();
  }
}
