package dev.culvert.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.host.loop.HostThreads;
import dev.culvert.host.pool.Acquiring;
import dev.culvert.host.pool.Acquisition;
import dev.culvert.host.pool.Decision;
import dev.culvert.host.pool.Dialer;
import dev.culvert.host.pool.LeaseEvents;
import dev.culvert.host.pool.Pool;
import dev.culvert.host.pool.PoolKey;
import dev.culvert.host.pool.PoolObserver;
import dev.culvert.host.pool.PoolSettings;
import dev.culvert.host.pool.SocketEnd;
import dev.culvert.host.pool.SocketEvents;
import dev.culvert.host.pool.Target;
import dev.culvert.host.pool.UpstreamSocket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Slots that are given up, or whose socket ends, while they are being granted. */
class HostSlotTest {

  private static final int ROUNDS = 1_000;

  private static final Target TARGET =
      new Target(URI.create("ws://upstream/"), List.of(), Optional.empty(), Optional.empty());
  private static final PoolKey KEY = new PoolKey("ann", "ws://upstream/", "", "", "", "", "");
  private static final PoolKey POOLED =
      new PoolKey("ann", "ws://upstream/", "acme", "c", "", "", "");
  private static final Decision RETRY = new Decision.RetryAfterStaleReuse("r1");
  private static final LeaseEvents NOBODY =
      new LeaseEvents() {
        @Override
        public void text(String text) {}

        @Override
        public void lost(SocketEnd end) {}
      };

  private final Pool pool =
      new Pool(
          (target, timeout, events) -> {
            upstream = events;
            return new Socket();
          },
          PoolSettings.DEFAULTS,
          System::nanoTime,
          PoolObserver.NONE);

  private final AtomicInteger closed = new AtomicInteger();

  /** Reads the socket that was opened last. */
  private SocketEvents upstream;

  private final List<String> told = new ArrayList<>();
  private final AtomicInteger ended = new AtomicInteger();
  private final HostSlot slot =
      new HostSlot(new Deployment(1, "app"), this::tell, ended::incrementAndGet);

  /** Both wait for the slot's lock, so that each may come between two steps of the other. */
  @Test
  void whatIsGrantedToASlotThatIsDiscardedIsDiscarded() throws Exception {
    Deployment deployment = new Deployment(1, "app");
    for (int i = 1; i <= ROUNDS; i++) {
      Acquisition granted = granted();
      HostSlot contested = new HostSlot(deployment, (event, value) -> {}, () -> {});
      Thread granting = HostThreads.create("granting", () -> contested.acquired(granted));
      Thread discarding = HostThreads.create("discarding", contested::discard);
      synchronized (contested) {
        startAndAwaitBlocked(i % 2 == 0 ? granting : discarding);
        startAndAwaitBlocked(i % 2 == 0 ? discarding : granting);
      }
      granting.join(10_000);
      discarding.join(10_000);

      assertThat(closed).as("closed sockets").hasValue(i);
    }
  }

  @Test
  void theOutcomeIsToldThoughTheSocketEndedBefore() {
    Acquiring asked = pool.acquireAlone(KEY, TARGET, RETRY, slot);
    upstream.closed(1006, "");
    assertThat(ended).hasValue(0);

    slot.await(asked);

    assertThat(told).containsExactly("lost: closed", "outcome: granted");
    assertThat(slot.send("request")).isFalse();
    assertThat(ended).hasValue(1);
  }

  @Test
  void theOutcomeOfAContinuationIsToldThoughTheSocketEndedBefore() {
    Acquisition first = pool.acquire(POOLED, TARGET, NOBODY).result().join();
    ((Acquisition.Granted) first).lease().release("resp_1");
    Acquisition next = pool.acquireForResponse(POOLED, "resp_1", slot);
    upstream.closed(1006, "");

    slot.acquired(next);

    assertThat(told).containsExactly("lost: closed", "outcome: granted");
    assertThat(slot.send("request")).isFalse();
    assertThat(ended).hasValue(1);
  }

  @Test
  void aSlotThatWasGivenUpIsToldNothing() {
    Acquiring asked = pool.acquireAlone(KEY, TARGET, RETRY, slot);
    slot.discard();

    slot.await(asked);

    assertThat(told).isEmpty();
    assertThat(closed).hasValue(1);
    assertThat(ended).hasValue(1);
  }

  private void tell(String event, Object value) {
    Object said = value instanceof Map<?, ?> fields ? fields.get("outcome") : value;
    told.add(event + ": " + said);
  }

  private static void startAndAwaitBlocked(Thread thread) {
    thread.start();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (thread.getState() != Thread.State.BLOCKED) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  private Acquisition granted() {
    return pool.acquireAlone(KEY, TARGET, RETRY, NOBODY).result().join();
  }

  /** Open at once. */
  private final class Socket implements Dialer.Dialing, UpstreamSocket {
    @Override
    public CompletableFuture<UpstreamSocket> socket() {
      return CompletableFuture.completedFuture(this);
    }

    @Override
    public void cancel() {}

    @Override
    public Map<String, List<String>> upgradeHeaders() {
      return Map.of();
    }

    @Override
    public CompletionStage<Void> send(String text) {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void ping() {}

    @Override
    public void close(int code, String reason) {
      closed.incrementAndGet();
    }
  }
}
