package dev.culvert.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.boundary.SlotSpec;
import dev.culvert.config.Preset;
import dev.culvert.host.SlotRig;
import dev.culvert.host.pool.Pool;
import dev.culvert.host.pool.PoolSettings;
import dev.culvert.sim.SimulatedUpstream;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;

/** Turns on a real pool with real sockets, against the simulated upstream. */
final class TurnRig implements AutoCloseable {

  private static final Preset PRESET = Preset.OPENAI_RESPONSES;
  private static final EventReader READER = new EventReader(PRESET);

  final SimulatedUpstream upstream;
  final SlotRig host;
  final Pool pool;

  /** The one that turns belong to. */
  volatile long deployment;

  final List<Runnable> timers = new CopyOnWriteArrayList<>();

  /** Added to the clock of the pool. */
  final AtomicLong passed = new AtomicLong();

  TurnRig(PoolSettings settings, SimulatedUpstream.Settings simulation) throws IOException {
    upstream = SimulatedUpstream.start(simulation);
    host = new SlotRig(() -> System.nanoTime() + passed.get());
    deployment = host.deploy();
    pool = host.pool();
    pool.change(before -> settings);
  }

  TurnRig() throws IOException {
    this(PoolSettings.DEFAULTS, SimulatedUpstream.Settings.PLAIN);
  }

  /** Who turns, and how. */
  record Caller(String principal, String account, String conversation, boolean replayable) {
    static final Caller ALICE = new Caller("alice", "acme", "c", false);

    Caller with(String name) {
      return new Caller(principal, account, name, replayable);
    }

    Caller as(String name) {
      return new Caller(name, account, conversation, replayable);
    }

    Caller harmless() {
      return new Caller(principal, account, conversation, true);
    }
  }

  /** A turn under way. */
  record Running(Turn turn, RecordedClient client) {}

  /** Begins a turn. */
  Running begin(Caller caller, String previousResponse, String... input) {
    JsonObjectBuilder body =
        Json.createObjectBuilder()
            .add("type", "response.create")
            .add("prompt_cache_key", caller.conversation())
            .add("input", Json.createArrayBuilder(List.of(input)));
    if (!previousResponse.isEmpty()) {
      body.add("previous_response_id", previousResponse);
    }
    SlotSpec slot =
        new SlotSpec(
            "",
            "",
            caller.principal(),
            caller.account(),
            caller.conversation(),
            "",
            "",
            "",
            upstream.uri().toString(),
            List.of(),
            null,
            null);
    RecordedClient client = new RecordedClient();
    TurnRequest request =
        new TurnRequest(body.build().toString(), previousResponse, caller.replayable());
    Turn turn =
        new UpstreamTurn(
            new HostSlots(host.slots(), deployment, slot),
            PRESET,
            READER,
            request,
            client,
            this::after,
            Duration.ZERO);
    turn.start(Runnable::run);
    return new Running(turn, client);
  }

  private Runnable after(Duration delay, Runnable task) {
    assertThat(delay).isEqualTo(pool.settings().responseStartTimeout());
    timers.add(task);
    return () -> timers.remove(task);
  }

  /** A whole turn. */
  RecordedClient turn(Caller caller, String... input) throws Exception {
    RecordedClient client = begin(caller, "", input).client();
    TurnEnd unused = client.end();
    return client;
  }

  /** A whole turn that must complete. */
  RecordedClient completed(Caller caller, String... input) throws Exception {
    RecordedClient client = turn(caller, input);
    assertThat(client.end()).isEqualTo(new TurnEnd.Completed("response.completed"));
    return client;
  }

  void pass(Duration time) {
    passed.addAndGet(time.toNanos());
  }

  /** Waits until the pool has no socket. */
  void awaitNoSockets() {
    Awaitility.await().until(() -> pool.sockets().isEmpty());
  }

  @Override
  public void close() throws IOException {
    host.close();
    upstream.close();
  }
}
