package dev.culvert.host.pool;

import dev.culvert.host.pool.Decision.Bypass;
import dev.culvert.host.pool.Decision.Refused;
import dev.culvert.host.pool.PooledSocket.State;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

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

  /** Ids are the numbers from 1, scattered, so that they look different and none comes twice. */
  private static final int SCATTER = 0x9E3779B1;

  private static final int NORMAL = 1000;
  private static final int NO_CLOSE_FRAME = 1006;

  private final Dialer dialer;
  private final LongSupplier clock;
  private final PoolObserver observer;
  private final AtomicInteger sockets = new AtomicInteger();

  private final Object lock = new Object();

  // Guarded by lock.
  private final SocketTable table = new SocketTable();
  private final Owners owners = new Owners();
  private PoolSettings settings;
  private boolean closed;

  /** What a socket that has opened became. */
  sealed interface Admission {
    /** It, or the one that won the race for its key, has the turn. */
    record Admitted(Lease lease) implements Admission {}

    /** It is not to be used. */
    record Turned(Bypass.Reason reason) implements Admission {}
  }

  private sealed interface Plan {
    record Hit(Lease lease) implements Plan {}

    record Open(PooledSocket reserved) implements Plan {}

    record Alone(Bypass.Reason reason) implements Plan {}
  }

  /**
   * @param clock in nanoseconds, as {@link System#nanoTime}
   */
  public Pool(Dialer dialer, PoolSettings settings, LongSupplier clock, PoolObserver observer) {
    this.dialer = dialer;
    this.settings = settings;
    this.clock = clock;
    this.observer = observer;
  }

  /**
   * Asks for a slot for a turn. Never waits; a turn whose conversation is busy gets a socket of its
   * own at once, since waiting for one another could last for ever.
   */
  public Acquiring acquire(PoolKey key, Target target, LeaseEvents events) {
    List<Ending> endings = new ArrayList<>();
    Plan plan;
    try {
      synchronized (lock) {
        plan = plan(key, events, endings);
      }
      Ending.finish(endings, observer);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "CULVERT-P001 the pool failed; the turn gets its own socket", e);
      plan = new Plan.Alone(Bypass.Reason.FACTORY_ERROR);
    }
    if (plan instanceof Plan.Hit hit) {
      Acquisition granted = new Acquisition.Granted(hit.lease());
      observer.decided(key.account(), granted.decision());
      return new GrantedAtOnce(hit.lease(), CompletableFuture.completedFuture(granted));
    }
    Opening opening = new Opening(this, key, target, events);
    if (plan instanceof Plan.Open open) {
      opening.openPooled(open.reserved());
    } else if (plan instanceof Plan.Alone alone) {
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

  private Plan plan(PoolKey key, LeaseEvents events, List<Ending> endings) {
    if (closed || !settings.enabled()) {
      return new Plan.Alone(Bypass.Reason.DISABLED);
    }
    if (!key.isComplete()) {
      return new Plan.Alone(Bypass.Reason.NO_KEY);
    }
    Optional<PooledSocket> mapped = table.find(key);
    if (mapped.isPresent()) {
      PooledSocket socket = mapped.get();
      if (!expire(socket, endings)) {
        return socket.state() == State.IDLE
            ? new Plan.Hit(occupy(socket, new Decision.Reuse(socket.id()), events))
            : new Plan.Alone(Bypass.Reason.BUSY);
      }
    }
    while (table.count(key.account()) >= settings.maxPerAccount()) {
      Optional<PooledSocket> idle = table.leastRecentlyUsedIdle(key.account());
      if (idle.isEmpty()) {
        return new Plan.Alone(Bypass.Reason.CAP);
      }
      endings.add(bury(idle.get(), SocketEnd.of(SocketEnd.Cause.RETIRED)));
    }
    PooledSocket reserved = new PooledSocket(nextId(), key, false);
    table.add(reserved);
    return new Plan.Open(reserved);
  }

  /** Ends a socket that is too old; one in flight ends with its turn. */
  private boolean expire(PooledSocket socket, List<Ending> endings) {
    if (!socket.isOlderThan(settings.maxAge().toNanos(), clock.getAsLong())) {
      return false;
    }
    retire(socket, SocketEnd.Cause.MAX_AGE, endings);
    return true;
  }

  private void retire(PooledSocket socket, SocketEnd.Cause cause, List<Ending> endings) {
    if (socket.state() == State.BUSY) {
      table.unmap(socket);
      socket.retire(cause);
    } else {
      endings.add(bury(socket, SocketEnd.of(cause)));
    }
  }

  private Lease occupy(PooledSocket socket, Decision decision, LeaseEvents events) {
    Lease lease = new Lease(this, socket, decision, events);
    socket.occupy(lease, clock.getAsLong());
    return lease;
  }

  /** Takes a socket out of the table; its lease, if any, has ended. */
  private Ending bury(PooledSocket socket, SocketEnd end) {
    table.remove(socket);
    owners.ended(socket, end.cause());
    Optional<Lease> lease = socket.die();
    lease.ifPresent(Lease::setEnded);
    boolean givenUp = end.cause() == SocketEnd.Cause.DISCARDED;
    return new Ending(socket, end, givenUp ? Optional.empty() : lease);
  }

  private String nextId() {
    return "%08x".formatted(sockets.incrementAndGet() * SCATTER);
  }

  /**
   * Asks for the slot of the socket that owns a response. Never dials: with any other socket the
   * upstream would not know the response.
   *
   * @return granted or denied
   */
  public Acquisition acquireForResponse(
      String principal, String endpoint, String account, String responseId, LeaseEvents events) {
    List<Ending> endings = new ArrayList<>();
    Acquisition acquisition;
    synchronized (lock) {
      acquisition = resume(principal, endpoint, account, responseId, events, endings);
    }
    Ending.finish(endings, observer);
    observer.decided(account, acquisition.decision());
    return acquisition;
  }

  private Acquisition resume(
      String principal,
      String endpoint,
      String account,
      String responseId,
      LeaseEvents events,
      List<Ending> endings) {
    if (closed || !settings.enabled()) {
      return denied(Refused.Reason.DISABLED);
    }
    Optional<PooledSocket> owner = owners.find(responseId);
    Optional<Owners.Departed> departed = owners.findDeparted(responseId);
    PoolKey key =
        owner.map(PooledSocket::key).or(() -> departed.map(Owners.Departed::key)).orElse(null);
    // Who asks for another caller's response learns nothing about it.
    if (key == null || !key.principal().equals(principal) || !key.endpoint().equals(endpoint)) {
      return denied(Refused.Reason.MISSING_OWNER);
    }
    if (!key.account().equals(account)) {
      return denied(Refused.Reason.ACCOUNT_MISMATCH);
    }
    if (owner.isEmpty()) {
      return denied(departed.orElseThrow().reason());
    }
    PooledSocket socket = owner.get();
    if (socket.isRetiring()) {
      return denied(Refused.Reason.DEAD);
    }
    if (expire(socket, endings)) {
      return denied(Refused.Reason.EXPIRED);
    }
    return socket.state() == State.IDLE
        ? new Acquisition.Granted(occupy(socket, new Decision.Reuse(socket.id()), events))
        : denied(Refused.Reason.BUSY);
  }

  private static Acquisition denied(Refused.Reason reason) {
    return new Acquisition.Denied(new Refused(reason));
  }

  /** The conversation in which a caller got a response; empty when it is not known any more. */
  public Optional<String> conversationOf(String principal, String responseId) {
    synchronized (lock) {
      return owners
          .find(responseId)
          .map(PooledSocket::key)
          .or(() -> owners.findDeparted(responseId).map(Owners.Departed::key))
          .filter(key -> key.principal().equals(principal))
          .map(PoolKey::conversation);
    }
  }

  PooledSocket newOneShot(PoolKey key) {
    PooledSocket socket = new PooledSocket(nextId(), key, true);
    synchronized (lock) {
      table.add(socket);
    }
    return socket;
  }

  Dialer.Dialing dial(Target target, PooledSocket socket) {
    PoolSettings now;
    synchronized (lock) {
      now = settings;
    }
    try {
      return dialer.dial(target, now.openTimeout(), new Reader(socket));
    } catch (RuntimeException e) {
      return new NotDialled(CompletableFuture.failedFuture(e));
    }
  }

  /** A dial came to nothing, or is not wanted any more. */
  void giveUp(PooledSocket socket) {
    end(socket, SocketEnd.of(SocketEnd.Cause.DISCARDED));
  }

  /** Gives an opened socket its turn, unless it is not wanted any more. */
  Admission admit(
      PooledSocket socket, UpstreamSocket connection, LeaseEvents events, Decision alone) {
    List<Ending> endings = new ArrayList<>();
    Admission admission;
    synchronized (lock) {
      admission = admit(socket, connection, events, alone, endings);
    }
    Ending.finish(endings, observer);
    if (admission instanceof Admission.Turned) {
      connection.close(NORMAL, "not wanted");
    }
    return admission;
  }

  private Admission admit(
      PooledSocket socket,
      UpstreamSocket connection,
      LeaseEvents events,
      Decision alone,
      List<Ending> endings) {
    if (socket.state() == State.DEAD) {
      return new Admission.Turned(closed ? Bypass.Reason.DISABLED : Bypass.Reason.DEAD);
    }
    socket.opened(connection, clock.getAsLong());
    if (socket.isOneShot()) {
      return new Admission.Admitted(occupy(socket, alone, events));
    }
    Optional<PooledSocket> winner = table.find(socket.key());
    if (winner.isEmpty()) {
      table.map(socket);
      return new Admission.Admitted(occupy(socket, new Decision.New(socket.id()), events));
    }
    endings.add(bury(socket, SocketEnd.of(SocketEnd.Cause.DISCARDED)));
    PooledSocket other = winner.get();
    return other.state() == State.IDLE
        ? new Admission.Admitted(occupy(other, new Decision.Reuse(other.id()), events))
        : new Admission.Turned(Bypass.Reason.BUSY);
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
    Optional<Ending> ending = Optional.empty();
    synchronized (lock) {
      if (lease.hasEnded()) {
        return;
      }
      lease.setEnded();
      PooledSocket socket = lease.socket();
      socket.vacate(clock.getAsLong());
      if (socket.isOneShot()) {
        ending = Optional.of(bury(socket, SocketEnd.of(SocketEnd.Cause.DONE)));
      } else {
        if (!responseId.isEmpty()) {
          owners.own(socket, responseId);
        }
        ending = socket.retired().map(cause -> bury(socket, SocketEnd.of(cause)));
      }
    }
    ending.ifPresent(over -> over.finish(observer));
  }

  void discard(Lease lease) {
    Ending ending;
    synchronized (lock) {
      if (lease.hasEnded()) {
        return;
      }
      ending = bury(lease.socket(), SocketEnd.of(SocketEnd.Cause.DISCARDED));
    }
    ending.finish(observer);
  }

  private void end(PooledSocket socket, SocketEnd end) {
    Ending ending;
    synchronized (lock) {
      if (socket.state() == State.DEAD) {
        return;
      }
      ending = bury(socket, end);
    }
    ending.finish(observer);
  }

  /**
   * Evicts an account: idle sockets end now, busy ones with their turn, dials under way as they
   * open. Their places under the cap are free at once. Sockets of single turns stay.
   *
   * @return how many sockets, dials included
   */
  public int evict(String account) {
    List<Ending> endings = new ArrayList<>();
    int count;
    synchronized (lock) {
      count = evict(account, SocketEnd.Cause.EVICTED, endings);
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
    int count = 0;
    synchronized (lock) {
      closed |= forGood;
      for (String account : table.accounts()) {
        count += evict(account, cause, endings);
      }
    }
    Ending.finish(endings, observer);
    return count;
  }

  private int evict(String account, SocketEnd.Cause cause, List<Ending> endings) {
    List<PooledSocket> evicted = table.ofAccount(account);
    evicted.forEach(socket -> retire(socket, cause, endings));
    return evicted.size();
  }

  /**
   * Ends what is silent or, being idle, too old, and sends the pings that are due. To be called
   * about once a second.
   */
  public void housekeep() {
    List<Ending> endings = new ArrayList<>();
    List<UpstreamSocket> pings = new ArrayList<>();
    synchronized (lock) {
      table.all().forEach(socket -> keep(socket, endings, pings));
    }
    Ending.finish(endings, observer);
    pings.forEach(UpstreamSocket::ping);
  }

  private void keep(PooledSocket socket, List<Ending> endings, List<UpstreamSocket> pings) {
    long now = clock.getAsLong();
    if (socket.isSilentFor(settings.silenceNanos(), now)) {
      endings.add(bury(socket, SocketEnd.of(SocketEnd.Cause.LIVENESS)));
      return;
    }
    boolean ended = socket.state() == State.IDLE && expire(socket, endings);
    if (!ended && socket.takePing(settings.pingInterval().toNanos(), now)) {
      pings.add(socket.connection().orElseThrow());
    }
  }

  /** Puts other settings into force. */
  public void settings(PoolSettings next) {
    synchronized (lock) {
      settings = next;
    }
  }

  /** The settings in force. */
  public PoolSettings settings() {
    synchronized (lock) {
      return settings;
    }
  }

  /** All sockets, those of single turns included. */
  public List<SocketView> sockets() {
    synchronized (lock) {
      long now = clock.getAsLong();
      return table.all().stream().map(socket -> socket.view(now)).toList();
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
