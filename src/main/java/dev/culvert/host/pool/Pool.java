package dev.culvert.host.pool;

import dev.culvert.host.pool.Decision.Bypass;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/**
 * The upstream WebSockets of one application, each held for a conversation from turn to turn. A
 * turn asks for a slot and always gets one if the upstream lets it: where the pool cannot help, on
 * a socket of its own.
 *
 * <p>Safe for use by any thread. One lock guards the table, the sockets' states and the leases'; it
 * is held for steps of the table only, never while something is dialled, sent, closed or told to
 * others. What a step found to end is carried out after it, as {@link Ending}s.
 */
public final class Pool {

  private static final Logger LOG = System.getLogger("dev.culvert.pool");

  private static final int NORMAL = 1000;
  private static final int NO_CLOSE_FRAME = 1006;

  private final Dialer dialer;
  private final LongSupplier clock;
  private final PoolObserver observer;
  private final Object lock = new Object();

  /** Guarded by lock. */
  private final PoolState state;

  /**
   * @param clock in nanoseconds, as {@link System#nanoTime}
   */
  public Pool(Dialer dialer, PoolSettings settings, LongSupplier clock, PoolObserver observer) {
    this.dialer = dialer;
    this.clock = clock;
    this.observer = observer;
    this.state = new PoolState(this, settings, clock);
  }

  /**
   * Asks for a slot for a turn. Never waits; a turn whose conversation is busy gets a socket of its
   * own at once, since waiting for one another could last for ever.
   */
  public Acquiring acquire(PoolKey key, Target target, LeaseEvents events) {
    List<Ending> endings = new ArrayList<>();
    PoolState.Plan plan;
    try {
      synchronized (lock) {
        plan = state.plan(key, events, endings);
      }
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "CULVERT-P001 the pool failed; the turn gets its own socket", e);
      plan = new PoolState.Plan.Alone(Bypass.Reason.FACTORY_ERROR);
    }
    Ending.finish(endings, observer);
    if (plan instanceof PoolState.Plan.Hit hit) {
      Acquisition granted = new Acquisition.Granted(hit.lease());
      observer.decided(key.account(), granted.decision());
      return new GrantedAtOnce(hit.lease(), CompletableFuture.completedFuture(granted));
    }
    Opening opening = new Opening(this, key, target, events);
    if (plan instanceof PoolState.Plan.Open open) {
      opening.openPooled(open.reserved());
    } else if (plan instanceof PoolState.Plan.Alone alone) {
      opening.openAlone(new Bypass(alone.reason()));
    }
    return opening;
  }

  /** Asks for a socket for one turn, for a reason that the caller knows. */
  public Acquiring acquireAlone(PoolKey key, Target target, Decision decision, LeaseEvents events) {
    Opening opening = new Opening(this, key, target, events);
    opening.openAlone(decision);
    return opening;
  }

  /**
   * Asks for the slot of the socket that owns a response. Never dials: with any other socket the
   * upstream would not know the response.
   *
   * @param asking of the turn; its conversation and variant are not looked at
   * @return granted or denied
   */
  public Acquisition acquireForResponse(PoolKey asking, String responseId, LeaseEvents events) {
    List<Ending> endings = new ArrayList<>();
    Acquisition acquisition;
    synchronized (lock) {
      acquisition = state.resume(asking, responseId, events, endings);
    }
    Ending.finish(endings, observer);
    observer.decided(asking.account(), acquisition.decision());
    return acquisition;
  }

  /** The key of the socket on which a caller got a response; empty when not known any more. */
  public Optional<PoolKey> ownerOf(String principal, String responseId) {
    synchronized (lock) {
      return state.ownerOf(principal, responseId);
    }
  }

  PooledSocket newOneShot(PoolKey key) {
    synchronized (lock) {
      return state.newOneShot(key);
    }
  }

  Dialer.Dialing dial(Target target, PooledSocket socket) {
    PoolSettings now;
    synchronized (lock) {
      now = state.settings();
    }
    try {
      return dialer.dial(target, now.openTimeout(), new Reader(socket));
    } catch (Throwable e) { // an Error, such as no thread to be had, must not keep a place for good
      return new NotDialled(CompletableFuture.failedFuture(e));
    }
  }

  /** A dial came to nothing, or is not wanted any more. */
  void giveUp(PooledSocket socket) {
    end(socket, SocketEnd.of(SocketEnd.Cause.DISCARDED));
  }

  /** Gives an opened socket its turn, unless it is not wanted any more. */
  PoolState.Admission admit(
      PooledSocket socket, UpstreamSocket connection, LeaseEvents events, Decision alone) {
    List<Ending> endings = new ArrayList<>();
    PoolState.Admission admission;
    synchronized (lock) {
      admission = state.admit(socket, connection, events, alone, endings);
    }
    Ending.finish(endings, observer);
    if (admission instanceof PoolState.Admission.Turned) {
      connection.close(NORMAL, "not wanted");
    }
    return admission;
  }

  boolean send(Lease lease, String text) {
    UpstreamSocket connection;
    synchronized (lock) {
      if (lease.hasEnded()) {
        return false;
      }
      lease.setWritten();
      connection = lease.socket().connection().orElseThrow();
    }
    CompletionStage<Void> unused =
        connection.send(text).whenComplete((done, fault) -> written(lease.socket(), fault));
    return true;
  }

  private void written(PooledSocket socket, Throwable fault) {
    if (fault != null) {
      String detail = "send: " + fault.getMessage();
      end(socket, new SocketEnd(SocketEnd.Cause.CLOSED, NO_CLOSE_FRAME, detail));
    }
  }

  void release(Lease lease, String responseId) {
    Optional<Ending> ending;
    synchronized (lock) {
      ending = state.release(lease, responseId);
    }
    ending.ifPresent(over -> over.finish(observer));
  }

  void discard(Lease lease) {
    Ending ending;
    synchronized (lock) {
      if (lease.hasEnded()) {
        return;
      }
      ending = state.bury(lease.socket(), SocketEnd.of(SocketEnd.Cause.DISCARDED));
    }
    ending.finish(observer);
  }

  private void end(PooledSocket socket, SocketEnd end) {
    Ending ending;
    synchronized (lock) {
      if (socket.state() == PooledSocket.State.DEAD) {
        return;
      }
      ending = state.bury(socket, end);
    }
    ending.finish(observer);
  }

  /**
   * Evicts an account: idle sockets end now, busy ones with their turn, dials under way as they
   * open. Their places under the cap are free at once. Sockets of single turns stay.
   *
   * @param account its name, or that of a group, see {@link AccountName}
   * @return how many sockets, dials included
   */
  public int evict(String account) {
    List<Ending> endings = new ArrayList<>();
    int count;
    synchronized (lock) {
      count = state.evict(account, SocketEnd.Cause.EVICTED, endings);
    }
    Ending.finish(endings, observer);
    return count;
  }

  /** Evicts all accounts. */
  public int evictAll() {
    return evictAll(SocketEnd.Cause.EVICTED, false);
  }

  /** Evicts everything and pools nothing any more. */
  public void shutdown() {
    evictAll(SocketEnd.Cause.SHUTDOWN, true);
  }

  private int evictAll(SocketEnd.Cause cause, boolean forGood) {
    List<Ending> endings = new ArrayList<>();
    int count;
    synchronized (lock) {
      count = state.evictAll(cause, forGood, endings);
    }
    Ending.finish(endings, observer);
    return count;
  }

  /**
   * Ends what is silent or, being idle, too old, and sends the pings that are due. To be called
   * about once a second.
   */
  public void housekeep() {
    List<Ending> endings = new ArrayList<>();
    List<UpstreamSocket> pings = new ArrayList<>();
    synchronized (lock) {
      state.keep(endings, pings);
    }
    Ending.finish(endings, observer);
    pings.forEach(UpstreamSocket::ping);
  }

  /**
   * Puts other settings into force. What they leave no place for ends: idle sockets now, busy ones
   * with their turn.
   *
   * @param change makes them of those in force; runs with the lock held and must not wait
   */
  public void change(UnaryOperator<PoolSettings> change) {
    List<Ending> endings = new ArrayList<>();
    synchronized (lock) {
      state.settings(change.apply(state.settings()), endings);
    }
    Ending.finish(endings, observer);
  }

  /** The settings in force. */
  public PoolSettings settings() {
    synchronized (lock) {
      return state.settings();
    }
  }

  /** All sockets, those of single turns included. */
  public List<SocketView> sockets() {
    synchronized (lock) {
      return state.views();
    }
  }

  PoolObserver observer() {
    return observer;
  }

  /** Reads a socket, idle or not: what nobody asked for ends it. */
  private final class Reader implements SocketEvents {

    private final PooledSocket socket;

    Reader(PooledSocket socket) {
      this.socket = socket;
    }

    @Override
    public void text(String text) {
      Optional<Lease> lease;
      synchronized (lock) {
        socket.showsLife(clock.getAsLong());
        lease = socket.lease().filter(Lease::isWritten);
      }
      if (lease.isPresent()) {
        lease.get().events().text(text);
      } else {
        end(socket, SocketEnd.of(SocketEnd.Cause.UNSOLICITED));
      }
    }

    @Override
    public void binary() {
      end(socket, SocketEnd.of(SocketEnd.Cause.PROTOCOL));
    }

    @Override
    public void pong() {
      synchronized (lock) {
        socket.showsLife(clock.getAsLong());
      }
    }

    @Override
    public void closed(int code, String reason) {
      end(socket, new SocketEnd(SocketEnd.Cause.CLOSED, code, reason));
    }
  }
}
