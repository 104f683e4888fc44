package dev.culvert.host.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many turns, drops, evictions and cancellations at once. */
class PoolRaceTest {

  private static final int THREADS = 8;
  private static final int TURNS = 3_000;
  private static final int CONVERSATIONS = 5;
  private static final int CAP = 3;

  private final ExecutorService network = Executors.newFixedThreadPool(4);
  private final ExecutorService callers = Executors.newFixedThreadPool(THREADS);
  private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
  private final Map<String, AtomicInteger> holders = new ConcurrentHashMap<>();
  private final AtomicInteger dialled = new AtomicInteger();
  private final AtomicInteger overlaps = new AtomicInteger();
  private final Pool pool =
      new Pool(this::dial, PoolRig.atMost(CAP), System::nanoTime, PoolObserver.NONE);

  @AfterEach
  void stop() {
    network.shutdownNow();
    callers.shutdownNow();
  }

  @Test
  void nothingIsSharedLostOrLeftBehind() throws Exception {
    CyclicBarrier start = new CyclicBarrier(THREADS);
    List<Future<?>> running = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      SplittableRandom random = new SplittableRandom(i);
      running.add(
          callers.submit(
              () -> {
                start.await();
                for (int turn = 0; turn < TURNS; turn++) {
                  turn(random);
                }
                return null;
              }));
    }
    for (Future<?> each : running) {
      each.get(60, TimeUnit.SECONDS);
    }

    assertThat(overlaps).hasValue(0);
    assertThat(pool.sockets())
        .hasSizeLessThanOrEqualTo(CAP)
        .allMatch(s -> s.state().equals("idle"));
    pool.shutdown();
    assertThat(pool.sockets()).isEmpty();
    network.shutdown();
    assertThat(network.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    assertThat(sockets).isNotEmpty().allMatch(socket -> socket.closed.get());
  }

  private void turn(SplittableRandom random) throws Exception {
    Watcher events = new Watcher();
    PoolKey key = PoolRig.key("c" + random.nextInt(CONVERSATIONS));
    Acquiring acquiring = pool.acquire(key, PoolRig.TARGET, events);
    switch (random.nextInt(50)) {
      case 0 -> {
        acquiring.cancel();
        return;
      }
      case 1 -> pool.evict("acme");
      case 2 -> pool.housekeep();
      default -> {} // most turns are left in peace
    }
    Acquisition acquisition = acquiring.result().get(30, TimeUnit.SECONDS);
    if (acquisition instanceof Acquisition.Granted granted) {
      run(granted.lease(), random);
    }
  }

  private void run(Lease lease, SplittableRandom random) {
    AtomicInteger holder = holders.computeIfAbsent(lease.socketId(), id -> new AtomicInteger());
    if (holder.incrementAndGet() > 1) {
      overlaps.incrementAndGet();
    }
    boolean sent = lease.send("request");
    holder.decrementAndGet();
    if (random.nextInt(10) == 0) {
      lease.discard();
    } else {
      lease.release(sent ? "r" + random.nextInt(100) : "");
    }
  }

  private Dialer.Dialing dial(Target target, Duration timeout, SocketEvents events) {
    Socket socket = new Socket(events);
    int number = dialled.incrementAndGet();
    network.execute(
        () -> {
          if (number % 13 == 12) {
            socket.opened.completeExceptionally(new IOException("refused"));
            socket.closed.set(true);
          } else {
            sockets.add(socket);
            socket.opened.complete(socket);
          }
        });
    return socket;
  }

  /** Counts what a turn is told of its end. */
  private static final class Watcher implements LeaseEvents {
    private final AtomicBoolean lost = new AtomicBoolean();

    @Override
    public void text(String text) {}

    @Override
    public void lost(SocketEnd end) {
      assertThat(lost.compareAndSet(false, true)).as("the only loss").isTrue();
    }
  }

  /** A socket that breaks now and then. */
  private final class Socket implements Dialer.Dialing, UpstreamSocket {
    private final SocketEvents events;
    private final CompletableFuture<UpstreamSocket> opened = new CompletableFuture<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicInteger sent = new AtomicInteger();

    Socket(SocketEvents events) {
      this.events = events;
    }

    @Override
    public CompletableFuture<UpstreamSocket> socket() {
      return opened;
    }

    @Override
    public void cancel() {}

    @Override
    public Map<String, List<String>> upgradeHeaders() {
      return Map.of();
    }

    @Override
    public CompletionStage<Void> send(String text) {
      if (sent.incrementAndGet() % 7 == 0) {
        network.execute(() -> events.closed(1006, "dropped"));
      }
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void ping() {}

    @Override
    public void close(int code, String reason) {
      closed.set(true);
    }
  }
}
