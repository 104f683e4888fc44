package dev.culvert.provider.lease;

import dev.culvert.host.lease.LeaseBook;
import java.time.Duration;
import java.util.Set;

/** The host's own book. */
final class CountedMemory implements CountedStore {

  private static final Duration TTL = Duration.ofMinutes(5);

  private final Book book = new Book(new LeaseBook(System::nanoTime, owner -> true), 1);
  private final MemoryLeaseStore store = new MemoryLeaseStore(book, TTL);

  CountedMemory() {
    store.start();
  }

  @Override
  public LeaseStore store() {
    return store;
  }

  @Override
  public Set<Lease> counted() {
    return Set.copyOf(book.renew());
  }

  @Override
  public void beat() {
    store.heartbeat();
  }

  @Override
  public void close() {
    store.close();
  }
}
