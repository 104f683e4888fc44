package dev.culvert.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.host.loop.HostThreads;
import dev.culvert.host.pool.Acquisition;
import dev.culvert.host.pool.Decision;
import dev.culvert.host.pool.Dialer;
import dev.culvert.host.pool.LeaseEvents;
import dev.culvert.host.pool.Pool;
import dev.culvert.host.pool.PoolKey;
import dev.culvert.host.pool.PoolObserver;
import dev.culvert.host.pool.PoolSettings;
import dev.culvert.host.pool.SocketEnd;
import dev.culvert.host.pool.Target;
import dev.culvert.host.pool.UpstreamSocket;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A slot whose deployment ends while it is being granted. */
class HostSlotTest {

  private static final int ROUNDS = 1_000;

  private static final Target TARGET =
      new Target(URI.create("ws://upstream/"), List.of(), Optional.empty());
  private static final PoolKey KEY = new PoolKey("ann", "ws://upstream/", "", "", "");

  private final Pool pool =
      new Pool(
          (target, timeout, events) -> new Socket(),
          PoolSettings.DEFAULTS,
          System::nanoTime,
          PoolObserver.NONE);

  private final AtomicInteger closed = new AtomicInteger();

  /** Both wait for the slot's lock, so that each may come between two steps of the other. */
  @Test
  void whatIsGrantedToASlotThatIsDiscardedIsDiscarded() throws Exception {
    Deployment deployment = new Deployment(1, "app");
    for (int i = 1; i <= ROUNDS; i++) {
      Acquisition granted = granted();
      HostSlot slot = new HostSlot(i, deployment, (event, value) -> {}, () -> {});
      Thread granting = HostThreads.create("granting", () -> slot.acquired(granted));
      Thread discarding = HostThreads.create("discarding", slot::discard);
      synchronized (slot) {
        startAndAwaitBlocked(i % 2 == 0 ? granting : discarding);
        startAndAwaitBlocked(i % 2 == 0 ? discarding : granting);
      }
      granting.join(10_000);
      discarding.join(10_000);

      assertThat(closed).as("closed sockets").hasValue(i);
    }
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
    LeaseEvents nobody =
        new LeaseEvents() {
          @Override
          public void text(String text) {}

          @Override
          public void lost(SocketEnd end) {}
        };
    Decision decision = new Decision.RetryAfterStaleReuse("r1");
    return pool.acquireAlone(KEY, TARGET, decision, nobody).result().join();
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
