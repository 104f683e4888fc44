package dev.culvert.host.pool;

import dev.culvert.host.pool.Decision.Bypass;
import dev.culvert.host.pool.Decision.Refused;
import dev.culvert.host.pool.PooledSocket.State;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * All that the pool's lock guards, and the decisions that are made under it. Nothing is dialled,
 * sent, closed or told to others here: what is found to end is left to the caller, as {@link
 * Ending}s.
 */
final class PoolState {

  /** Ids are the numbers from 1, scattered, so that they look different and none comes twice. */
  private static final int SCATTER = 0x9E3779B1;

  /**
   * Callers choose what they show, so that credentials of one group have together no more sockets
   * than so many of them may have each.
   */
  private static final int MAX_CREDENTIALS = 100;

  private final Pool pool;
  private final LongSupplier clock;
  private final SocketTable table = new SocketTable();
  private final Owners owners = new Owners();
  private PoolSettings settings;

  /** Since when pings go out at the present interval: silence before was measured by another. */
  private long pingedSince;

  private boolean closed;
  private int sockets;

  /** What a socket that has opened became. */
  sealed interface Admission {
    /** It, or the one that won the race for its key, has the turn. */
    record Admitted(Lease lease) implements Admission {}

    /** It is not to be used. */
    record Turned(Bypass.Reason reason) implements Admission {}
  }

  /** How a turn gets its slot. */
  sealed interface Plan {
    /** It has one. */
    record Hit(Lease lease) implements Plan {}

    /** On a socket that has its place, and is still to be opened. */
    record Open(PooledSocket reserved) implements Plan {}

    /** On a socket of its own. */
    record Alone(Bypass.Reason reason) implements Plan {}
  }

  PoolState(Pool pool, PoolSettings settings, LongSupplier clock) {
    this.pool = pool;
    this.settings = settings;
    this.clock = clock;
    this.pingedSince = clock.getAsLong();
  }

  Plan plan(PoolKey key, LeaseEvents events, List<Ending> endings) {
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
    if (!makeRoom(key.account(), 1, endings)) {
      return new Plan.Alone(Bypass.Reason.CAP);
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
    Lease lease = new Lease(pool, socket, decision, events);
    socket.occupy(lease, clock.getAsLong());
    return lease;
  }

  /** Takes a socket out of the table; its lease, if any, has ended. */
  Ending bury(PooledSocket socket, SocketEnd end) {
    table.remove(socket);
    owners.ended(socket, end.cause());
    Optional<Lease> lease = socket.die();
    lease.ifPresent(Lease::setEnded);
    boolean givenUp = end.cause() == SocketEnd.Cause.DISCARDED;
    return new Ending(socket, end, givenUp ? Optional.empty() : lease);
  }

  private String nextId() {
    return "%08x".formatted(++sockets * SCATTER);
  }

  PooledSocket newOneShot(PoolKey key) {
    PooledSocket socket = new PooledSocket(nextId(), key, true);
    table.add(socket);
    return socket;
  }

  Acquisition resume(PoolKey asking, String responseId, LeaseEvents events, List<Ending> endings) {
    if (closed || !settings.enabled()) {
      return denied(Refused.Reason.DISABLED);
    }
    Optional<PooledSocket> owner = owners.find(responseId);
    Optional<Owners.Departed> departed = owners.findDeparted(responseId);
    PoolKey key =
        owner.map(PooledSocket::key).or(() -> departed.map(Owners.Departed::key)).orElse(null);
    // Who asks for another caller's response learns nothing about it.
    if (key == null
        || !key.principal().equals(asking.principal())
        || !key.endpoint().equals(asking.endpoint())) {
      return denied(Refused.Reason.MISSING_OWNER);
    }
    if (!key.account().equals(asking.account())) {
      return denied(Refused.Reason.ACCOUNT_MISMATCH);
    }
    if (owner.isEmpty()) {
      return denied(departed.orElseThrow().reason());
    }
    PooledSocket socket = owner.get();
    // One that was opened by rules that hold no longer takes no turn any more.
    if (socket.isRetiring() || !key.upgrade().equals(asking.upgrade())) {
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

  Optional<PoolKey> ownerOf(String principal, String responseId) {
    return owners
        .find(responseId)
        .map(PooledSocket::key)
        .or(() -> owners.findDeparted(responseId).map(Owners.Departed::key))
        .filter(key -> key.principal().equals(principal));
  }

  Admission admit(
      PooledSocket socket,
      UpstreamSocket connection,
      LeaseEvents events,
      Decision alone,
      List<Ending> endings) {
    if (socket.state() == State.DEAD) {
      boolean disabled = closed || !settings.enabled();
      return new Admission.Turned(disabled ? Bypass.Reason.DISABLED : Bypass.Reason.DEAD);
    }
    socket.opened(connection, clock.getAsLong());
    if (socket.isOneShot()) {
      return new Admission.Admitted(occupy(socket, alone, events));
    }
    Optional<PooledSocket> winner = table.find(socket.key());
    if (winner.isEmpty()) {
      table
          .supersededBy(socket.key())
          .forEach(former -> retire(former, SocketEnd.Cause.SUPERSEDED, endings));
      table.map(socket);
      return new Admission.Admitted(occupy(socket, new Decision.New(socket.id()), events));
    }
    endings.add(bury(socket, SocketEnd.of(SocketEnd.Cause.DISCARDED)));
    PooledSocket other = winner.get();
    return other.state() == State.IDLE
        ? new Admission.Admitted(occupy(other, new Decision.Reuse(other.id()), events))
        : new Admission.Turned(Bypass.Reason.BUSY);
  }

  /** Frees a slot; the ending of its socket when that was its last turn. */
  Optional<Ending> release(Lease lease, String responseId) {
    if (lease.hasEnded()) {
      return Optional.empty();
    }
    lease.setEnded();
    PooledSocket socket = lease.socket();
    socket.vacate(clock.getAsLong());
    if (socket.isOneShot()) {
      return Optional.of(bury(socket, SocketEnd.of(SocketEnd.Cause.DONE)));
    }
    if (!responseId.isEmpty()) {
      owners.own(socket, responseId);
    }
    Optional<SocketEnd.Cause> cause =
        isOverCap(socket) ? Optional.of(SocketEnd.Cause.RETIRED) : socket.retired();
    return cause.map(why -> bury(socket, SocketEnd.of(why)));
  }

  /** The cap may have been lowered while it was busy. */
  private boolean isOverCap(PooledSocket socket) {
    String account = socket.key().account();
    return !socket.isRetiring() && table.count(account::equals) > settings.maxPerAccount();
  }

  int evict(String name, SocketEnd.Cause cause, List<Ending> endings) {
    return evict(account -> AccountName.means(name, account), cause, endings);
  }

  int evictAll(SocketEnd.Cause cause, boolean forGood, List<Ending> endings) {
    closed |= forGood;
    return evict(account -> true, cause, endings);
  }

  private int evict(Predicate<String> accounts, SocketEnd.Cause cause, List<Ending> endings) {
    List<PooledSocket> evicted = table.ofAccounts(accounts);
    evicted.forEach(socket -> retire(socket, cause, endings));
    return evicted.size();
  }

  void keep(List<Ending> endings, List<UpstreamSocket> pings) {
    table.all().forEach(socket -> keep(socket, endings, pings));
  }

  private void keep(PooledSocket socket, List<Ending> endings, List<UpstreamSocket> pings) {
    long now = clock.getAsLong();
    long patience = settings.silenceNanos();
    if (socket.isSilentFor(patience, now) && now - pingedSince >= patience) {
      endings.add(bury(socket, SocketEnd.of(SocketEnd.Cause.LIVENESS)));
      return;
    }
    boolean ended = socket.state() == State.IDLE && expire(socket, endings);
    if (!ended && socket.takePing(settings.pingInterval().toNanos(), now)) {
      pings.add(socket.connection().orElseThrow());
    }
  }

  void settings(PoolSettings next, List<Ending> endings) {
    if (!next.pingInterval().equals(settings.pingInterval())) {
      pingedSince = clock.getAsLong();
    }
    settings = next;
    if (!next.enabled()) {
      int unused = evict(account -> true, SocketEnd.Cause.EVICTED, endings);
    }
    table.accounts().forEach(account -> makeRoom(account, 0, endings));
  }

  /** Whether so many more sockets of an account fit under its cap, and under that of its group. */
  private boolean makeRoom(String account, int more, List<Ending> endings) {
    String group = AccountName.group(account);
    long ofGroup = (long) settings.maxPerAccount() * MAX_CREDENTIALS;
    return makeRoom(account::equals, settings.maxPerAccount() - more, endings)
        && (group.equals(account)
            || makeRoom(each -> AccountName.means(group, each), ofGroup - more, endings));
  }

  /** Whether accounts have no more than so many sockets, once idle ones have made room. */
  private boolean makeRoom(Predicate<String> accounts, long atMost, List<Ending> endings) {
    while (table.count(accounts) > atMost) {
      Optional<PooledSocket> idle = table.leastRecentlyUsedIdle(accounts);
      if (idle.isEmpty()) {
        return false;
      }
      endings.add(bury(idle.get(), SocketEnd.of(SocketEnd.Cause.RETIRED)));
    }
    return true;
  }

  PoolSettings settings() {
    return settings;
  }

  List<SocketView> views() {
    long now = clock.getAsLong();
    return table.all().stream().map(socket -> socket.view(now)).toList();
  }
}
