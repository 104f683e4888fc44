package dev.culvert.it;

import dev.culvert.host.PoolMXBean;
import dev.culvert.sim.Action;
import dev.culvert.sim.Script;
import dev.culvert.sim.SimConnection;
import dev.culvert.sim.SimulatedUpstream;
import dev.culvert.sim.Stage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** An upstream that fails again and again, and an operator who evicts. Ends when it is closed. */
final class TurnFaults implements AutoCloseable {

  private static final long FAULT_MILLIS = 20;
  private static final long DROP_MILLIS = 50;
  private static final long EVICT_MILLIS = 700;
  private static final List<Action> ACTIONS =
      List.of(new Action.Drop(), new Action.Close(1011), new Action.Binary());

  private final SimulatedUpstream upstream;
  private final PoolMXBean pool;
  private final String account;
  private final Random random;
  private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(2);
  private final List<ScheduledFuture<?>> tasks;

  TurnFaults(SimulatedUpstream upstream, PoolMXBean pool, String account, long seed) {
    this.upstream = upstream;
    this.pool = pool;
    this.account = account;
    this.random = new Random(seed);
    tasks =
        List.of(
            repeat(this::fail, FAULT_MILLIS),
            repeat(this::drop, DROP_MILLIS),
            repeat(this::evict, EVICT_MILLIS));
  }

  private ScheduledFuture<?> repeat(Runnable task, long millis) {
    return clock.scheduleWithFixedDelay(task, millis, millis, TimeUnit.MILLISECONDS);
  }

  private void fail() {
    Stage stage = Stage.values()[random.nextInt(Stage.values().length)];
    upstream.script(Script.fault(stage, ACTIONS.get(random.nextInt(ACTIONS.size()))));
  }

  private void drop() {
    List<SimConnection> open = upstream.connections();
    if (!open.isEmpty()) {
      try {
        open.get(random.nextInt(open.size())).drop();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void evict() {
    pool.evict(account);
  }

  /** Ends it; a fault that could not be made is told. */
  @Override
  public void close() throws ExecutionException, InterruptedException {
    clock.shutdownNow();
    for (ScheduledFuture<?> task : tasks) {
      if (task.isDone() && !task.isCancelled()) {
        task.get();
      }
    }
  }
}
