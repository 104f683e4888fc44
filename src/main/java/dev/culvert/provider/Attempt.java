package dev.culvert.provider;

import dev.culvert.config.Upstream;
import dev.culvert.provider.lease.Lease;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One try of a request at one provider. It is settled once, by {@link #succeeded} or {@link
 * #failed}, and closed once, whatever became of it; further calls have no effect. Any thread.
 */
public final class Attempt implements Choice, AutoCloseable {

  private final Attempts request;
  private final Provider provider;
  private final Upstream upstream;
  private final Lease lease;
  private final Circuit.Permit permit;
  private final List<Upstream.Address> addresses;

  private final AtomicBoolean settled = new AtomicBoolean();
  private final AtomicBoolean handedOver = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();

  /** How many of the addresses were tried. */
  private volatile int tried = 1;

  Attempt(
      Attempts request,
      Provider provider,
      Upstream upstream,
      Lease lease,
      Circuit.Permit permit,
      List<Upstream.Address> addresses) {
    this.request = request;
    this.provider = provider;
    this.upstream = upstream;
    this.lease = lease;
    this.permit = permit;
    this.addresses = addresses;
  }

  /** The provider, as it was configured when it was chosen. */
  public Upstream upstream() {
    return upstream;
  }

  /** What the attempt holds at its provider. */
  public Lease lease() {
    return lease;
  }

  /** Addresses to be tried, in this order; at least one. Those that failed before are left out. */
  public List<Upstream.Address> addresses() {
    return addresses;
  }

  /**
   * Notes that more than the first address was tried.
   *
   * @param count from 1 to the number of addresses
   */
  public void tried(int count) {
    tried = count;
  }

  int tried() {
    return tried;
  }

  Provider provider() {
    return provider;
  }

  /** The provider answers: its circuit learns of it, and of a failure after that as well. */
  public void answered() {
    permit.answered();
  }

  /** The provider served: its circuit learns of it, and the session is bound to it. */
  public void succeeded() {
    if (settled.compareAndSet(false, true)) {
      permit.succeeded();
      request.served(this);
      request.events().attempted(provider.name(), "ok");
    }
  }

  /** The attempt failed: the provider's circuit learns of it where the provider is to blame. */
  public void failed(Failure failure) {
    if (settled.compareAndSet(false, true)) {
      if (failure.kind().counts()) {
        permit.failed();
      } else {
        permit.release();
      }
      restAfter(failure);
      request.events().attempted(provider.name(), failure.kind().label());
    }
  }

  /** Only what is about the provider says when the provider may be asked again. */
  private void restAfter(Failure failure) {
    switch (failure.kind()) {
      case RATE_LIMITED, SERVER_ERROR -> failure.retryAfter().ifPresent(provider::rest);
      default -> {}
    }
  }

  /**
   * Leaves the lease to the host, which was given it with the stream that this attempt has become:
   * {@link #close} does not release it any more.
   */
  public Lease handOver() {
    if (handedOver.compareAndSet(false, true)) {
      provider.leave();
    }
    return lease;
  }

  /** Gives back all that is held for the attempt. One that was not settled was cancelled. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    if (settled.compareAndSet(false, true)) {
      permit.release();
      request.events().attempted(provider.name(), "cancelled");
    }
    if (handedOver.compareAndSet(false, true)) {
      provider.leave();
      request.release(lease);
    }
  }
}
