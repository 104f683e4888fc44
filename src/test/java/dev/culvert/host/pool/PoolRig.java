package dev.culvert.host.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;

/** A pool whose sockets and clock the test plays. Belongs to one thread. */
final class PoolRig {

  static final String ENDPOINT = "ws://upstream/v1/responses";
  static final Target TARGET =
      new Target(URI.create(ENDPOINT), List.of(), Optional.empty(), Optional.empty());

  final AtomicLong clock = new AtomicLong();
  final List<FakeDialing> dials = new ArrayList<>();
  final List<String> decisions = new ArrayList<>();
  final List<String> ends = new ArrayList<>();

  /** Thrown by dials when set. */
  Throwable dialerFault;

  final Pool pool;

  PoolRig(PoolSettings settings) {
    pool = new Pool(this::dial, settings, clock::get, new Recorder());
  }

  PoolRig() {
    this(PoolSettings.DEFAULTS);
  }

  static PoolSettings atMost(int sockets) {
    return PoolSettings.DEFAULTS.withMaxPerAccount(sockets);
  }

  static PoolSettings disabled() {
    return PoolSettings.DEFAULTS.withEnabled(false);
  }

  static PoolKey key(String conversation) {
    return key("alice", "acme", conversation);
  }

  static PoolKey key(String principal, String account, String conversation) {
    return new PoolKey(principal, ENDPOINT, account, conversation, "", "", "");
  }

  private Dialer.Dialing dial(Target target, Duration timeout, SocketEvents events) {
    if (dialerFault instanceof Error error) {
      throw error;
    } else if (dialerFault instanceof RuntimeException fault) {
      throw fault;
    }
    FakeDialing dial = new FakeDialing(events);
    dials.add(dial);
    return dial;
  }

  /** A turn that has asked for a slot. */
  Turn ask(PoolKey key) {
    Turn turn = new Turn();
    turn.acquiring = pool.acquire(key, TARGET, turn);
    return turn;
  }

  /** A turn that continues a response. */
  Turn continuing(String principal, String account, String responseId) {
    Turn turn = new Turn();
    Acquisition acquisition =
        pool.acquireForResponse(key(principal, account, ""), responseId, turn);
    turn.acquiring = new Done(acquisition);
    return turn;
  }

  /** A turn that has got a slot, on a new socket if need be, and sent its request. */
  Turn begin(PoolKey key) {
    Turn turn = ask(key);
    if (!turn.acquiring.result().isDone()) {
      last().open();
    }
    assertThat(turn.lease().send("request")).isTrue();
    return turn;
  }

  /** A whole turn. */
  String turn(PoolKey key, String responseId) {
    Turn turn = begin(key);
    turn.lease().release(responseId);
    return turn.decision();
  }

  FakeDialing last() {
    return dials.get(dials.size() - 1);
  }

  void pass(Duration time) {
    clock.addAndGet(time.toNanos());
  }

  /** How many sockets the account has under the cap. */
  List<String> states() {
    return pool.sockets().stream().map(SocketView::state).toList();
  }

  /** A turn's side of the pool. */
  static final class Turn implements LeaseEvents {
    Acquiring acquiring;
    final List<String> texts = new ArrayList<>();
    final List<SocketEnd> losses = new ArrayList<>();

    Acquisition acquisition() {
      assertThat(acquiring.result()).isCompleted();
      return acquiring.result().join();
    }

    Lease lease() {
      assertThat(acquisition()).isInstanceOf(Acquisition.Granted.class);
      return ((Acquisition.Granted) acquisition()).lease();
    }

    String decision() {
      return acquisition().decision().label();
    }

    @Override
    public void text(String text) {
      texts.add(text);
    }

    @Override
    public void lost(SocketEnd end) {
      losses.add(end);
    }
  }

  /** An attempt to open a socket, and the socket. */
  static final class FakeDialing implements Dialer.Dialing, UpstreamSocket {
    final SocketEvents events;
    final CompletableFuture<UpstreamSocket> socket = new CompletableFuture<>();
    final List<String> sent = new ArrayList<>();
    CompletableFuture<Void> writing = CompletableFuture.completedFuture(null);
    int pings;
    int closes;
    boolean cancelled;

    FakeDialing(SocketEvents events) {
      this.events = events;
    }

    FakeDialing open() {
      assertThat(socket.complete(this)).isTrue();
      return this;
    }

    void fail() {
      socket.completeExceptionally(new IOException("refused"));
    }

    @Override
    public CompletableFuture<UpstreamSocket> socket() {
      return socket;
    }

    @Override
    public void cancel() {
      cancelled = true;
    }

    @Override
    public Map<String, List<String>> upgradeHeaders() {
      return Map.of("x-turn", List.of("one"));
    }

    @Override
    public CompletionStage<Void> send(String text) {
      sent.add(text);
      return writing;
    }

    @Override
    public void ping() {
      pings++;
    }

    @Override
    public void close(int code, String reason) {
      closes++;
    }

    boolean isClosed() {
      return closes > 0;
    }
  }

  private record Done(CompletableFuture<Acquisition> result) implements Acquiring {
    Done(Acquisition acquisition) {
      this(CompletableFuture.completedFuture(acquisition));
    }

    @Override
    public void cancel() {}
  }

  private final class Recorder implements PoolObserver {
    @Override
    public void decided(String account, Decision decision) {
      decisions.add(decision.kind());
    }

    @Override
    public void ended(String account, String socket, SocketEnd end) {
      ends.add(end.cause().label());
    }
  }
}
