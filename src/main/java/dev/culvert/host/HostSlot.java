package dev.culvert.host;

import dev.culvert.boundary.Fields;
import dev.culvert.boundary.SlotResult;
import dev.culvert.host.pool.Acquiring;
import dev.culvert.host.pool.Acquisition;
import dev.culvert.host.pool.Decision;
import dev.culvert.host.pool.Lease;
import dev.culvert.host.pool.LeaseEvents;
import dev.culvert.host.pool.SocketEnd;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

/**
 * A slot that a deployment has asked for, until it ends. It is all that refers to the deployment's
 * receiver, and lets go of it at the end. The receiver is told the outcome whatever becomes of the
 * socket meanwhile; only a slot that was given up before is told nothing.
 */
final class HostSlot implements LeaseEvents {

  /** RFC 6455 7.4.1. */
  private static final int MESSAGE_TOO_BIG = 1009;

  private record Held(Optional<Lease> lease, Optional<Acquiring> acquiring) {
    static final Held NOTHING = new Held(Optional.empty(), Optional.empty());
  }

  private final Deployment deployment;
  private final Runnable onEnd;

  // Guarded by this.
  private BiConsumer<String, Object> receiver;
  private Acquiring acquiring;
  private Lease lease;
  private boolean decided;
  private boolean lost;
  private boolean ended;

  /**
   * @param onEnd called once
   */
  HostSlot(Deployment deployment, BiConsumer<String, Object> receiver, Runnable onEnd) {
    this.deployment = deployment;
    this.receiver = receiver;
    this.onEnd = onEnd;
  }

  Deployment deployment() {
    return deployment;
  }

  /** Waits for the outcome, on whatever thread brings it. */
  void await(Acquiring asked) {
    boolean late;
    synchronized (this) {
      acquiring = asked;
      late = ended;
    }
    if (late) {
      asked.cancel();
    }
    CompletableFuture<?> unused =
        asked
            .result()
            .whenComplete(
                (acquisition, fault) -> {
                  if (fault == null) {
                    acquired(acquisition);
                  }
                });
  }

  /** Takes an outcome that was not waited for. */
  void acquired(Acquisition acquisition) {
    boolean granted = acquisition instanceof Acquisition.Granted;
    boolean last;
    BiConsumer<String, Object> listener;
    synchronized (this) {
      listener = receiver;
      lease = granted && !ended ? ((Acquisition.Granted) acquisition).lease() : null;
      decided = true;
      last = lost || !granted;
    }
    if (listener == null) {
      discard(acquisition);
      return;
    }
    if (last) {
      end();
    }
    listener.accept("outcome", Fields.of(result(acquisition)));
  }

  private static void discard(Acquisition acquisition) {
    if (acquisition instanceof Acquisition.Granted granted) {
      granted.lease().discard();
    }
  }

  private static SlotResult result(Acquisition acquisition) {
    String decision = acquisition.decision().label();
    if (acquisition instanceof Acquisition.Granted granted) {
      Lease lease = granted.lease();
      boolean reused = lease.decision() instanceof Decision.Reuse;
      return new SlotResult(
          SlotResult.GRANTED,
          decision,
          lease.socketId(),
          reused,
          0,
          lease.responseStartTimeout().toMillis(),
          lease.upgradeHeaders(),
          "",
          false);
    } else if (acquisition instanceof Acquisition.Rejected rejected) {
      int status = rejected.decision().status();
      return new SlotResult(
          SlotResult.REJECTED, decision, "", false, status, 0, rejected.headers(), "", false);
    } else if (acquisition instanceof Acquisition.Denied denied) {
      boolean busy = denied.decision().reason() == Decision.Refused.Reason.BUSY;
      return new SlotResult(SlotResult.DENIED, decision, "", false, 0, 0, Map.of(), "", busy);
    }
    if (acquisition instanceof Acquisition.Backlogged backlogged) {
      return without(SlotResult.BACKLOGGED, decision, backlogged.detail());
    }
    return without(SlotResult.FAILED, decision, ((Acquisition.Failed) acquisition).detail());
  }

  private static SlotResult without(String outcome, String decision, String detail) {
    return new SlotResult(outcome, decision, "", false, 0, 0, Map.of(), detail, false);
  }

  boolean send(String text) {
    return lease().map(held -> held.send(text)).orElse(false);
  }

  void release(String responseId) {
    end().lease().ifPresent(good -> good.release(responseId));
  }

  void discard() {
    Held held = end();
    held.lease()
        .ifPresentOrElse(Lease::discard, () -> held.acquiring().ifPresent(Acquiring::cancel));
  }

  @Override
  public void text(String text) {
    tell("text", text);
  }

  @Override
  public void lost(SocketEnd end) {
    tell(end.code() == MESSAGE_TOO_BIG ? "too-large" : "lost", end.cause().label());
    boolean last;
    synchronized (this) {
      lost = true;
      last = decided;
    }
    if (last) {
      end(); // else with the outcome, which the holder still waits for
    }
  }

  private void tell(String event, Object value) {
    BiConsumer<String, Object> listener;
    synchronized (this) {
      listener = receiver;
    }
    if (listener != null) {
      listener.accept(event, value);
    }
  }

  private synchronized Optional<Lease> lease() {
    return Optional.ofNullable(lease);
  }

  /** Ends the slot; what it held is the caller's, and nothing when it had ended before. */
  private Held end() {
    Held held;
    synchronized (this) {
      if (ended) {
        return Held.NOTHING;
      }
      ended = true;
      held = new Held(Optional.ofNullable(lease), Optional.ofNullable(acquiring));
      receiver = null;
      acquiring = null;
      lease = null;
    }
    onEnd.run();
    return held;
  }
}
