package dev.culvert.provider.lease;

import dev.culvert.host.lease.LeaseBook;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;

/** Two deployments of an application share the host's book. */
class MemoryLeaseStoreTest extends LeaseStoreContract {

  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1); // it may overflow

  /** Owners that nobody but their heartbeats speaks for. */
  private final LeaseBook book = new LeaseBook(clock::get, owner -> false);

  private final LeaseStore here = new MemoryLeaseStore(new Book(book, 1), TTL);
  private final LeaseStore there = new MemoryLeaseStore(new Book(book, 2), TTL);

  @BeforeEach
  void start() {
    here.start();
    there.start();
  }

  @Override
  protected String provider() {
    return "up";
  }

  @Override
  protected LeaseStore here() {
    return here;
  }

  @Override
  protected LeaseStore there() {
    return there;
  }

  @Override
  protected void pass(Duration time) {
    clock.addAndGet(time.toNanos());
  }

  @Override
  protected void beat(LeaseStore store) {
    store.heartbeat();
  }
}
