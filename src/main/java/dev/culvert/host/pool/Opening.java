package dev.culvert.host.pool;

import dev.culvert.host.pool.Decision.Bypass;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * A slot that needs a new socket: the pool's, and when that cannot be had one for the turn alone.
 * Its steps follow one another; only {@link #cancel} may come from elsewhere at any time.
 */
final class Opening implements Acquiring {

  private final Pool pool;
  private final PoolKey key;
  private final Target target;
  private final LeaseEvents events;
  private final CompletableFuture<Acquisition> result = new CompletableFuture<>();

  // Guarded by this.
  private boolean cancelled;
  private PooledSocket socket;
  private Dialer.Dialing dialing;

  Opening(Pool pool, PoolKey key, Target target, LeaseEvents events) {
    this.pool = pool;
    this.key = key;
    this.target = target;
    this.events = events;
  }

  @Override
  public CompletableFuture<Acquisition> result() {
    return result;
  }

  /** Opens a socket that has its place in the pool already. */
  void openPooled(PooledSocket reserved) {
    dial(reserved, new Bypass(Bypass.Reason.FACTORY_ERROR));
  }

  /** Opens a socket for this turn only. */
  void openAlone(Decision decision) {
    dial(pool.newOneShot(key), decision);
  }

  /**
   * @param decision of a socket for one turn; of a pooled one that cannot be opened
   */
  private void dial(PooledSocket next, Decision decision) {
    CompletableFuture<UpstreamSocket> opened;
    synchronized (this) {
      if (cancelled) {
        pool.giveUp(next);
        return;
      }
      socket = next;
      dialing = pool.dial(target, next);
      opened = dialing.socket();
    }
    CompletableFuture<?> unused =
        opened.whenComplete(
            (connection, fault) -> {
              if (fault == null) {
                arrived(next, connection, decision);
              } else {
                failed(next, fault, decision);
              }
            });
  }

  private void arrived(PooledSocket opened, UpstreamSocket connection, Decision decision) {
    PoolState.Admission admission = pool.admit(opened, connection, events, decision);
    if (admission instanceof PoolState.Admission.Admitted admitted) {
      finish(new Acquisition.Granted(admitted.lease()));
    } else if (admission instanceof PoolState.Admission.Turned turned && !opened.isOneShot()) {
      openAlone(new Bypass(turned.reason()));
    } else {
      finish(new Acquisition.Failed(decision, "socket: ended as it opened (expected: open)"));
    }
  }

  private void failed(PooledSocket unopened, Throwable fault, Decision decision) {
    pool.giveUp(unopened);
    Throwable cause = fault instanceof CompletionException wrapped ? wrapped.getCause() : fault;
    if (cause instanceof UpgradeRefusedException refused) {
      finish(new Acquisition.Rejected(new Decision.Rejected(refused.status()), refused.headers()));
    } else if (cause instanceof DialBacklogException) {
      finish(new Acquisition.Backlogged(decision, cause.getMessage()));
    } else if (unopened.isOneShot()) {
      finish(new Acquisition.Failed(decision, String.valueOf(cause.getMessage())));
    } else {
      openAlone(decision);
    }
  }

  private void finish(Acquisition acquisition) {
    if (result.isCancelled()) {
      discard(acquisition);
      return;
    }
    pool.observer().decided(key.account(), acquisition.decision());
    if (!result.complete(acquisition)) {
      discard(acquisition);
    }
  }

  @Override
  public void cancel() {
    Dialer.Dialing underWay;
    PooledSocket unopened;
    synchronized (this) {
      cancelled = true;
      underWay = dialing;
      unopened = socket;
    }
    if (!result.cancel(false)) {
      discard(result.getNow(null));
      return;
    }
    if (underWay != null) {
      pool.giveUp(unopened);
      underWay.cancel();
    }
  }

  private static void discard(Acquisition acquisition) {
    if (acquisition instanceof Acquisition.Granted granted) {
      granted.lease().discard();
    }
  }
}
