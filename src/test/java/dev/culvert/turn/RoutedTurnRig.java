package dev.culvert.turn;

import dev.culvert.config.HedgeRules;
import dev.culvert.config.Preset;
import dev.culvert.config.Route;
import dev.culvert.config.Settings;
import dev.culvert.config.SettingsReader;
import dev.culvert.config.Upstream;
import dev.culvert.provider.Ask;
import dev.culvert.provider.Attempt;
import dev.culvert.provider.Bindings;
import dev.culvert.provider.Choice;
import dev.culvert.provider.CircuitState;
import dev.culvert.provider.Credential;
import dev.culvert.provider.Failure;
import dev.culvert.provider.ProviderEvents;
import dev.culvert.provider.Providers;
import dev.culvert.provider.TestLeases;
import dev.culvert.provider.TestNotes;
import dev.culvert.provider.lease.Admission;
import dev.culvert.provider.lease.Lease;
import dev.culvert.provider.lease.StoreKind;
import dev.culvert.testkit.MapValues;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/** A routed turn whose upstreams the test plays: {@code a}, {@code b} and {@code c}. One thread. */
final class RoutedTurnRig implements AutoCloseable {

  static final Duration BACKOFF = Duration.ofMillis(100);
  static final Duration FIRST_BYTE = Duration.ofSeconds(2);

  private static final EventReader READER = new EventReader(Preset.OPENAI_RESPONSES);

  final List<Try> tries = new ArrayList<>();
  final RecordedClient client = new RecordedClient();
  final RecordedBooks books = new RecordedBooks();
  final List<Map.Entry<Duration, Runnable>> timers = new ArrayList<>();

  /** Upstream and outcome of each attempt that is over. */
  final List<String> attempts = new ArrayList<>();

  final List<String> hedges = new ArrayList<>();

  /** Upstreams to which the session was bound. */
  final List<String> bound = new ArrayList<>();

  /** The one upstream that the turn can go to. */
  Optional<String> only = Optional.empty();

  /** What is tried; the test plays it. */
  UpstreamTurns upstreams = new Played();

  Credential shown = Credential.ACCOUNT;
  boolean replayable;
  String previousResponse = "";

  /** What runs tasks that come from elsewhere. */
  Executor executor = Runnable::run;

  /** Thrown where a try begins. */
  Error fault;

  /** Thrown where a timer is set. */
  Error timerFault;

  /** The time, in nanoseconds. */
  private final AtomicLong now = new AtomicLong();

  private final TestLeases leases;
  private final Settings settings = settings();
  final Providers providers;

  /** Made when it is first asked for. */
  final LateTurn turn = new LateTurn();

  private HedgeRules hedge = HedgeRules.NONE;

  RoutedTurnRig(StoreKind stores) {
    leases = new TestLeases(stores);
    providers = providers();
  }

  private static Settings settings() {
    Map<String, String> values = new HashMap<>();
    values.put("culvert.routes.chat.path", "/chat");
    values.put("culvert.routes.chat.mode", "turns");
    values.put("culvert.routes.chat.upstreams", "a, b, c");
    values.put("culvert.routes.chat.policy", "first");
    values.put("culvert.accounts.acme.header.Authorization", "Bearer acme");
    for (String name : List.of("a", "b", "c")) {
      values.put("culvert.upstreams." + name + ".url", "ws://" + name);
      values.put("culvert.upstreams." + name + ".accounts", "acme");
      values.put("culvert.upstreams." + name + ".max-sessions", "1");
    }
    return SettingsReader.read(new MapValues(values));
  }

  private Providers providers() {
    Providers made =
        new Providers(
            leases,
            new NoBindings(),
            new TestNotes(),
            provider -> 0,
            new Events(),
            now::get,
            new Random(1) {
              @Override
              public long nextLong(long bound) {
                return bound - 1;
              }
            });
    made.configure(settings);
    return made;
  }

  /** Begins the turn. */
  void start() {
    turn.start(executor);
  }

  void startHedged() {
    hedge = new HedgeRules(FIRST_BYTE, 1);
    start();
  }

  /** Begins the turn; its first try. */
  Try begin() {
    start();
    return current();
  }

  Try beginHedged() {
    startHedged();
    return current();
  }

  /** The latest try. */
  Try current() {
    return tries.get(tries.size() - 1);
  }

  /** Leases that the store counts. */
  Set<Lease> leases() {
    return leases.held();
  }

  /** The store answers when the returned future is completed. */
  CompletableFuture<Void> holdStore() {
    return leases.hold();
  }

  /** Another session takes the only place at an upstream. */
  void fill(String upstream) {
    CompletionStage<Admission> unused = leases.acquire(new Lease(upstream, "other", "t"), 1);
  }

  /** An upstream fails until its circuit opens, and is left alone until it may be probed. */
  void openCircuit(String upstream) {
    Route route = settings.routes().get("chat");
    Ask ask =
        new Ask(
            Optional.of("s"), group -> false, feature -> Optional.empty(), Optional.of(upstream));
    for (int i = 0; i < settings.upstreams().get(upstream).breaker().failures(); i++) {
      Choice choice = providers.attempts(route, ask).next().toCompletableFuture().join();
      try (Attempt attempt = (Attempt) choice) {
        attempt.failed(Failure.of(Failure.Kind.CONNECT));
      }
    }
    now.addAndGet(settings.upstreams().get(upstream).breaker().open().toNanos());
  }

  /** Begins another turn of the session; its first try. */
  Try another() {
    made(new RecordedClient()).start(Runnable::run);
    return current();
  }

  /** The time of the only timer of this delay is over. */
  void runTimer(Duration delay) {
    Map.Entry<Duration, Runnable> due =
        timers.stream().filter(timer -> timer.getKey().equals(delay)).findFirst().orElseThrow();
    timers.remove(due);
    due.getValue().run();
  }

  Runnable after(Duration delay, Runnable task) {
    if (timerFault != null) {
      throw timerFault;
    }
    Map.Entry<Duration, Runnable> timer = Map.entry(delay, task);
    timers.add(timer);
    return () -> timers.remove(timer);
  }

  private RoutedTurn made(TurnClient asking) {
    Route route = settings.routes().get("chat");
    Ask ask = new Ask(Optional.of("s"), group -> false, feature -> Optional.empty(), only);
    return new RoutedTurn(
        providers.attempts(route, ask),
        upstreams,
        new TurnRequest("{}", previousResponse, replayable),
        hedge,
        new TurnReport(asking, "chat", Preset.OPENAI_RESPONSES, books, System::nanoTime),
        this::after,
        new Events());
  }

  private final class Played implements UpstreamTurns {
    @Override
    public Optional<Turn> at(Attempt attempt, TurnClient leg) {
      if (fault != null) {
        throw fault;
      }
      Try made = new Try(attempt.upstream().name(), leg);
      tries.add(made);
      return Optional.of(made);
    }

    @Override
    public Credential shownTo(Upstream upstream) {
      return shown;
    }
  }

  /** The turn, made with what the test has set by then. */
  final class LateTurn implements Turn {
    private Optional<Turn> made = Optional.empty();

    private Turn turn() {
      made = made.or(() -> Optional.of(made(client)));
      return made.get();
    }

    @Override
    public void start(Executor executor) {
      turn().start(executor);
    }

    @Override
    public void abort() {
      turn().abort();
    }

    @Override
    public void cutOff(String detail) {
      turn().cutOff(detail);
    }
  }

  /** The turn at one upstream, played by the test. */
  static final class Try implements Turn {
    private final String upstream;
    private final TurnClient client;
    private boolean aborted;

    /** Run when it is aborted, before its client is told. */
    Runnable whenAborted = () -> {};

    Try(String upstream, TurnClient client) {
      this.upstream = upstream;
      this.client = client;
    }

    String upstream() {
      return upstream;
    }

    TurnClient client() {
      return client;
    }

    boolean aborted() {
      return aborted;
    }

    void visible(String type) {
      client.events(List.of(event(type)));
    }

    void completed() {
      client.events(List.of(event("response.completed")));
      client.ended(new TurnEnd.Completed("response.completed"));
    }

    void failedTerminal(String code) {
      client.events(
          List.of(
              READER
                  .read("{\"type\":\"error\",\"error\":{\"code\":\"" + code + "\"}}")
                  .orElseThrow()));
      client.ended(new TurnEnd.Completed("error"));
    }

    void refused(int status, String code) {
      client.ended(TurnEnd.Refused.of(status, code, "d"));
    }

    void refusedByUpstream(int status) {
      client.ended(new TurnEnd.Refused(status, TurnEnd.UPSTREAM_REFUSED, "d", Map.of(), ""));
    }

    private static Event event(String type) {
      return READER.read("{\"type\":\"" + type + "\"}").orElseThrow();
    }

    @Override
    public void start(Executor executor) {}

    @Override
    public void abort() {
      if (!aborted) {
        aborted = true;
        whenAborted.run();
        client.ended(new TurnEnd.Aborted());
      }
    }

    @Override
    public void cutOff(String detail) {
      client.ended(new TurnEnd.Broken(detail));
    }
  }

  private final class Events implements ProviderEvents {
    @Override
    public void attempted(String provider, String outcome) {
      attempts.add(provider + " " + outcome);
    }

    @Override
    public void hedged(String result) {
      hedges.add(result);
    }

    @Override
    public void circuit(String provider, CircuitState state, Duration open) {}

    @Override
    public void health(String provider, boolean well, String detail) {}
  }

  private final class NoBindings implements Bindings {
    @Override
    public Optional<String> bound(String session) {
      return Optional.empty();
    }

    @Override
    public void bind(String session, String provider) {
      bound.add(provider);
    }

    @Override
    public void unbind(String session) {}

    @Override
    public void retain(Set<String> providers) {}
  }

  @Override
  public void close() {
    leases.dispose();
  }
}
