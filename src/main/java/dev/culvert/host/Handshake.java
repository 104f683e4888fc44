package dev.culvert.host;

import dev.culvert.boundary.DialResult;
import dev.culvert.boundary.DialSpec;
import dev.culvert.boundary.Fields;
import dev.culvert.host.dial.Dial;
import dev.culvert.host.dial.DialOutcome;
import dev.culvert.host.dial.Resolver;
import dev.culvert.host.dial.UpstreamConnection;
import dev.culvert.host.loop.EventLoop;
import dev.culvert.host.loop.Timer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * A handshake with an upstream, from the gateway's request for it to the stream that takes its
 * connection, or to its end. It owns the upstream's connection and the route's slot until then.
 */
final class Handshake {

  /** Time that a gateway has to open a stream over a connection it was given. */
  private static final long UNCLAIMED_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final long id;
  private final RouteSlots.Slot slot;
  private final CompletableFuture<Map<String, Object>> future = new CompletableFuture<>();
  private final Dial dial;
  private final Handshakes owner;
  private final EventLoop loop;

  /** Ends what no stream claims; armed and cancelled on the loop. */
  private final Timer unclaimed =
      new Timer() {
        @Override
        protected void expired(long now) {
          settle();
        }
      };

  /** Guarded by this. */
  private UpstreamConnection connection;

  /** Guarded by this: taken by a stream, given up or failed. */
  private boolean settled;

  /**
   * Guarded by this: the client has its 101, or is about to; the deployment's end changes that no
   * more.
   */
  private boolean promised;

  Handshake(
      long id,
      RouteSlots.Slot slot,
      EventLoop loop,
      Resolver resolver,
      Executor tlsTasks,
      DialSpec spec,
      Handshakes owner) {
    this.id = id;
    this.slot = slot;
    this.owner = owner;
    this.loop = loop;
    this.dial = new Dial(loop, resolver, tlsTasks, spec, this::dialled);
  }

  CompletableFuture<Map<String, Object>> start() {
    CompletableFuture<?> unused =
        future.whenComplete(
            (result, fault) -> {
              if (future.isCancelled()) {
                close();
              }
            });
    dial.start();
    return future;
  }

  long id() {
    return id;
  }

  RouteSlots.Slot slot() {
    return slot;
  }

  private void dialled(DialOutcome outcome) {
    boolean wanted = outcome.connection().map(this::keep).orElse(false);
    if (!wanted) {
      settle();
    }
    DialResult result = outcome.result();
    future.complete(
        Fields.of(
            new DialResult(
                result.outcome(),
                result.address(),
                result.status(),
                result.headers(),
                result.body(),
                result.bodyCut(),
                wanted ? id : 0,
                result.detail())));
  }

  private synchronized boolean keep(UpstreamConnection opened) {
    if (settled) {
      opened.wire().close();
      return false;
    }
    connection = opened;
    loop.arm(unclaimed, loop.now() + UNCLAIMED_NANOS);
    return true;
  }

  /**
   * Notes that the client is being told of success: from here on only the stream, the loss of the
   * client or the time for unclaimed connections ends the handshake.
   *
   * @return false when it has ended already
   */
  boolean promise() {
    synchronized (this) {
      if (settled || connection == null) {
        return false;
      }
      promised = true;
    }
    owner.promised(this);
    return true;
  }

  /** Hands the connection and the slot over to a stream; empty when they are gone already. */
  synchronized Optional<UpstreamConnection> take() {
    if (settled || connection == null) {
      return Optional.empty();
    }
    settled = true;
    forget();
    return Optional.of(connection);
  }

  /** Gives up: closes the connection and frees the slot, unless a stream has them. */
  void settle() {
    UpstreamConnection unwanted;
    synchronized (this) {
      if (settled) {
        return;
      }
      settled = true;
      unwanted = connection;
    }
    forget();
    slot.release();
    if (unwanted != null) {
      loop.execute(unwanted.wire()::close);
    }
  }

  private void forget() {
    owner.forget(this);
    loop.execute(() -> loop.cancel(unclaimed));
  }

  /** The deployment ended: the gateway's future is cancelled so that nothing refers to it. */
  void cancel() {
    synchronized (this) {
      if (promised) {
        return; // the future has long been completed
      }
    }
    close();
  }

  /** Ends it in any case. */
  void close() {
    settle();
    future.completeExceptionally(new CancellationException("undeployed"));
    dial.cancel();
  }
}
