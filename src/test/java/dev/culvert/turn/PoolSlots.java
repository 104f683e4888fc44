package dev.culvert.turn;

import dev.culvert.host.pool.Acquiring;
import dev.culvert.host.pool.Acquisition;
import dev.culvert.host.pool.Decision;
import dev.culvert.host.pool.Lease;
import dev.culvert.host.pool.LeaseEvents;
import dev.culvert.host.pool.Pool;
import dev.culvert.host.pool.PoolKey;
import dev.culvert.host.pool.SocketEnd;
import dev.culvert.host.pool.Target;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Slots of a real pool, without the boundary between. */
record PoolSlots(Pool pool, PoolKey key, Target target) implements Slots {

  @Override
  public Pending acquire(Wish wish, Events events) {
    LeaseEvents listener =
        new LeaseEvents() {
          @Override
          public void text(String text) {
            events.text(text);
          }

          @Override
          public void lost(SocketEnd end) {
            events.lost(end.cause().label());
          }
        };
    if (wish instanceof Wish.Continuation continuation) {
      Acquisition acquisition =
          pool.acquireForResponse(
              key.principal(), key.endpoint(), key.account(), continuation.responseId(), listener);
      return pending(CompletableFuture.completedFuture(acquisition), () -> discard(acquisition));
    }
    Acquiring acquiring =
        wish instanceof Wish.Alone alone
            ? pool.acquireAlone(
                key, target, new Decision.RetryAfterStaleReuse(alone.endedSocket()), listener)
            : pool.acquire(key, target, listener);
    return pending(acquiring.result(), acquiring::cancel);
  }

  private static void discard(Acquisition acquisition) {
    if (acquisition instanceof Acquisition.Granted granted) {
      granted.lease().discard();
    }
  }

  private static Pending pending(CompletableFuture<Acquisition> result, Runnable cancel) {
    CompletableFuture<Outcome> outcome = result.thenApply(PoolSlots::outcome);
    return new Pending() {
      @Override
      public CompletableFuture<Outcome> outcome() {
        return outcome;
      }

      @Override
      public void cancel() {
        cancel.run();
      }
    };
  }

  private static Outcome outcome(Acquisition acquisition) {
    String decision = acquisition.decision().label();
    if (acquisition instanceof Acquisition.Granted granted) {
      return new Outcome.Granted(new LeaseSlot(granted.lease()));
    } else if (acquisition instanceof Acquisition.Rejected rejected) {
      return new Outcome.Rejected(decision, rejected.decision().status(), rejected.headers());
    } else if (acquisition instanceof Acquisition.Denied denied) {
      boolean busy = denied.decision().reason() == Decision.Refused.Reason.BUSY;
      return new Outcome.Denied(decision, busy);
    }
    return new Outcome.Failed(decision, ((Acquisition.Failed) acquisition).detail());
  }

  private record LeaseSlot(Lease lease) implements Slot {
    @Override
    public String decision() {
      return lease.decision().label();
    }

    @Override
    public String socket() {
      return lease.socketId();
    }

    @Override
    public boolean reused() {
      return lease.decision() instanceof Decision.Reuse;
    }

    @Override
    public Map<String, List<String>> upgradeHeaders() {
      return lease.upgradeHeaders();
    }

    @Override
    public boolean send(String text) {
      return lease.send(text);
    }

    @Override
    public void release(String responseId) {
      lease.release(responseId);
    }

    @Override
    public void discard() {
      lease.discard();
    }
  }
}
