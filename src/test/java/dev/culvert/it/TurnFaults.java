package dev.culvert.it;

import dev.culvert.sim.Action;
import dev.culvert.sim.Script;
import dev.culvert.sim.SimConnection;
import dev.culvert.sim.SimulatedUpstream;
import dev.culvert.sim.Stage;
import dev.culvert.testkit.Application;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * An upstream that fails again and again, an operator who evicts, and clients that go away before
 * their answer. Ends when it is closed.
 */
final class TurnFaults implements AutoCloseable {

  private static final long FAULT_MILLIS = 100;
  private static final long DROP_MILLIS = 200;
  private static final long ABORT_MILLIS = 100;
  private static final long EVICT_MILLIS = 700;
  private static final long LIMIT_SECONDS = 30;
  private static final String TURNS = "/v1/responses";
  private static final List<Stage> STAGES = List.of(Stage.values());
  private static final List<Action> ACTIONS =
      List.of(new Action.Drop(), new Action.Close(1011), new Action.Binary());

  private final SimulatedUpstream upstream;
  private final Application application;
  private final String account;
  private final Random random;

  /** The client that goes away next; of the one task that aborts. */
  private Optional<Wire> waiting = Optional.empty();

  private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(4);
  private final List<ScheduledFuture<?>> tasks;

  TurnFaults(SimulatedUpstream upstream, Application application, String account, long seed) {
    this.upstream = upstream;
    this.application = application;
    this.account = account;
    this.random = new Random(seed);
    tasks =
        List.of(
            repeat(this::fail, FAULT_MILLIS),
            repeat(this::drop, DROP_MILLIS),
            repeat(this::abort, ABORT_MILLIS),
            repeat(this::evict, EVICT_MILLIS));
  }

  private ScheduledFuture<?> repeat(Runnable task, long millis) {
    return clock.scheduleWithFixedDelay(task, millis, millis, TimeUnit.MILLISECONDS);
  }

  private void fail() {
    Stage stage = STAGES.get(random.nextInt(STAGES.size()));
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

  /** One client asks, the one before goes, whether or not it has its answer. */
  private void abort() {
    try {
      if (waiting.isPresent()) {
        waiting.get().reset();
      }
      URI uri = application.http(TURNS);
      String body = TurnPeer.body("aborted", "hello").build().toString();
      waiting = Optional.of(Wire.connect(uri.getPort()).send(post(uri, body)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String post(URI uri, String body) {
    return "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n%s"
        .formatted(uri.getPath(), uri.getAuthority(), body.length(), body);
  }

  private void evict() {
    Management.poolOf(application).evict(account);
  }

  /** Ends it; a fault that could not be made is told. */
  @Override
  public void close() throws ExecutionException, InterruptedException, IOException {
    clock.shutdown();
    if (!clock.awaitTermination(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException("a fault does not end");
    }
    if (waiting.isPresent()) {
      waiting.get().reset();
    }
    for (ScheduledFuture<?> task : tasks) {
      if (task.isDone() && !task.isCancelled()) {
        task.get();
      }
    }
  }
}
