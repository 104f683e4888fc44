package dev.culvert.provider.lease;

import dev.culvert.boundary.LeaseId;
import dev.culvert.host.lease.LeaseBook;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** What a deployment holds, in the host's own book. */
public class Book implements HeldLeases {

  private final LeaseBook book;
  private final long deployment;

  /** What a store has left for the next one; any thread. */
  private final AtomicReference<String> note = new AtomicReference<>();

  public Book(LeaseBook book, long deployment) {
    this.book = book;
    this.deployment = deployment;
  }

  private static LeaseId id(Lease lease) {
    return new LeaseId(lease.provider(), lease.session(), lease.token());
  }

  private static List<Lease> leases(List<LeaseId> ids) {
    return ids.stream().map(id -> new Lease(id.provider(), id.session(), id.token())).toList();
  }

  @Override
  public void keep(boolean remote, Duration ttl) {
    book.configure(remote, ttl.toNanos());
  }

  @Override
  public boolean acquire(Lease lease, int limit) {
    return book.acquire(deployment, id(lease), limit);
  }

  @Override
  public void release(Lease lease) {
    book.release(id(lease));
  }

  @Override
  public int terminate(String provider, String session) {
    return book.terminate(provider, session);
  }

  @Override
  public int sessions(String provider) {
    return book.sessions(provider);
  }

  @Override
  public List<Lease> renew() {
    return leases(book.renew(deployment));
  }

  @Override
  public List<Lease> owed(int most) {
    return leases(book.owed(most));
  }

  @Override
  public void told(Collection<Lease> leases) {
    book.told(leases.stream().map(Lease::token).toList());
  }

  @Override
  public void leaveNote(String text) {
    note.set(text);
  }

  @Override
  public Optional<String> takeNote() {
    return Optional.ofNullable(note.getAndSet(null));
  }
}
