package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.admin.ProviderInfo;
import dev.culvert.admin.ProvidersMXBean;
import dev.culvert.host.PoolMXBean;
import dev.culvert.sim.Action;
import dev.culvert.sim.Script;
import dev.culvert.sim.SimulatedUpstream;
import dev.culvert.sim.Stage;
import dev.culvert.testkit.Application;
import dev.culvert.testkit.FreePort;
import dev.culvert.testkit.SecureServer;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.ServerKind;
import dev.culvert.testkit.ServerLog;
import dev.culvert.testkit.SharedRedis;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Many turns over three upstreams that fail, recover, limit rates and are switched off and on, with
 * ordinary requests and tunnels over three others, while clients go away: no lease, no place, no
 * connection, no file and no thread is left. The profile {@code stress} sets the full numbers.
 *
 * <p>The server is one that soon closes what clients have kept open, for the sake of the figures.
 */
@Tag(ServerKind.ANY_SERVER)
@ExtendWith(ServerExtension.class)
class ProviderSoakIT {

  private static final System.Logger LOG = System.getLogger("dev.culvert.it");

  private static final int TURNS = Integer.getInteger("culvert.stress.turns", 60);
  private static final int CONVERSATIONS = Integer.getInteger("culvert.stress.conversations", 12);
  private static final Duration TIME =
      Duration.ofSeconds(Integer.getInteger("culvert.stress.provider-seconds", 3));
  private static final long SEED = Long.getLong("culvert.stress.seed", 1);

  /** Everything that is loaded or started on the first occasions is there before the counting. */
  private static final Duration WARM_UP = TIME.dividedBy(3);

  /** Of the turns. */
  private static final List<String> NAMES = List.of("one", "two", "three");

  private static final int[] REFUSALS = {401, 429, 502, 503};
  private static final String RETRY_AT_ONCE = "Retry-After: 0";
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration TICK = Duration.ofMillis(100);
  private static final Pattern FAULT = Pattern.compile("Exception in thread|CULVERT-T001");
  private static final String ATTEMPTS = "culvert_attempts_total";

  /** Of attempts, each of which must have occurred. */
  private static final List<String> OUTCOMES =
      List.of(
          "ok",
          "cancelled",
          "connect",
          "reset",
          "server-error",
          "rate-limited",
          "account-limited",
          "credential");

  private final List<SimulatedUpstream> upstreams = new ArrayList<>();
  private final Random random = new Random(SEED);
  private UnsteadyUpstream unsteady;
  private UnsteadyUpstream steady;
  private Application application;
  private ProvidersMXBean providers;
  private PoolMXBean pool;

  /** What turns wait for that are to be joined; opened at the next tick. */
  private CountDownLatch silence = new CountDownLatch(0);

  @BeforeEach
  void start(SecureServer shared) throws IOException {
    application = shared.server().application("providersoak");
    for (String unused : NAMES) {
      upstreams.add(SimulatedUpstream.start());
    }
    unsteady = UnsteadyUpstream.failing(3);
    steady = UnsteadyUpstream.steady();
  }

  @AfterEach
  void close() throws IOException {
    application.close();
    for (SimulatedUpstream upstream : upstreams) {
      upstream.close();
    }
    unsteady.close();
    steady.close();
  }

  /** Where leases are counted. */
  static Stream<String> stores() {
    return Stream.of(System.getProperty("culvert.stress.stores", "memory").split(","));
  }

  private void deploy(String store) throws IOException {
    Config config = plain(turns(Config.empty()));
    if (store.equals("redis")) {
      config =
          config
              .set("sessions.store", store)
              .set("sessions.redis.url", "redis://127.0.0.1:" + SharedRedis.server().port());
    }
    application.deploy(config.administered());
    providers = Management.providersOf(application);
    pool = Management.poolOf(application);
  }

  private Config turns(Config config) {
    Config turns =
        config
            .route("v1", String.join(",", NAMES))
            .onRoute("v1", "mode", "turns")
            .onRoute("v1", "turn.replayable", "true")
            .onRoute("v1", "retry.backoff", "5ms")
            .onRoute("v1", "hedge.first-byte-timeout", "50ms");
    for (int i = 0; i < NAMES.size(); i++) {
      String name = NAMES.get(i);
      turns =
          flickering(turns, name, "ws://127.0.0.1:" + upstreams.get(i).port())
              .set("upstreams." + name + ".accounts", name)
              .set("accounts." + name + ".header.Authorization", "Bearer " + name)
              .set("upstreams." + name + ".max-sessions", Integer.toString(CONVERSATIONS * 2 / 3));
    }
    return turns;
  }

  private Config plain(Config config) throws IOException {
    Config plain =
        flickering(config, "down", "http://127.0.0.1:" + FreePort.find())
            .upstream("unsteady", unsteady.url())
            .set("upstreams.unsteady.max-sessions", "4")
            .upstream("steady", steady.url())
            .onRoute("web", "mode", "http");
    for (String route : List.of("web", "tunnel")) {
      plain =
          plain
              .route(route, "down, unsteady, steady")
              .onRoute(route, "policy", "first")
              .onRoute(route, "retry.backoff", "5ms");
    }
    return plain;
  }

  /** An upstream whose circuit opens soon, and not for long. */
  private static Config flickering(Config config, String name, String url) {
    String key = "upstreams." + name;
    return config
        .upstream(name, url)
        .set(key + ".breaker.failures", "5")
        .set(key + ".breaker.open", "100ms")
        .set(key + ".breaker.max-open", "400ms");
  }

  @ParameterizedTest
  @MethodSource("stores")
  void nothing_is_left(String store) throws Exception {
    deploy(store);
    Map<String, Long> unused = soak(WARM_UP);
    awaitRest();
    Possessions before = Possessions.of(application.server().jvm());
    ServerLog log = application.server().log();
    int mark = log.mark();

    Map<String, Long> outcomes = soak(TIME);

    LOG.log(Level.INFO, "over providers: {0}", outcomes);
    assertThat(outcomes.keySet()).noneMatch(outcome -> outcome.contains(CheckedAnswer.WRONG));
    assertThat(outcomes.get("completed")).isGreaterThan(TURNS);
    assertThat(outcomes)
        .containsKeys("gone", "broken")
        .containsKeys("web completed", "web gone", "web broken")
        .containsKeys("tunnel completed", "tunnel gone", "tunnel broken");
    assertThatAttemptsFailedInEveryWay();
    assertThat(log.linesFrom(mark))
        .anyMatch(line -> line.contains("CULVERT-U001") && line.contains("circuit=open"))
        .noneMatch(line -> FAULT.matcher(line).find());
    awaitEveryProviderServes();
    awaitRest();
    before.awaitReturn();
  }

  private Map<String, Long> soak(Duration time) throws Exception {
    TurnLoad turns = TurnLoad.start(application.http("/v1/responses"), TURNS, CONVERSATIONS, SEED);
    PlainLoad plain = PlainLoad.start(new Client(application), SEED);
    List<TurnFaults> faults = new ArrayList<>();
    for (int i = 0; i < NAMES.size(); i++) {
      faults.add(new TurnFaults(upstreams.get(i), application, NAMES.get(i), SEED + i));
    }
    try {
      long end = System.nanoTime() + time.toNanos();
      refuseInEveryWay();
      for (int tick = 0; System.nanoTime() < end && turns.run(TICK); tick++) {
        disturb(tick);
      }
    } finally {
      silence.countDown();
      for (TurnFaults fault : faults) {
        fault.close();
      }
    }
    Map<String, Long> outcomes = new TreeMap<>(plain.stop(LIMIT));
    assertThat(turns.stop(LIMIT)).as("every turn has ended").isTrue();
    outcomes.putAll(turns.outcomes());
    return outcomes;
  }

  /** However few connections a slow machine opens. */
  private void refuseInEveryWay() {
    for (SimulatedUpstream upstream : upstreams) {
      for (int status : REFUSALS) {
        upstream.refuse(status, RETRY_AT_ONCE);
      }
    }
  }

  /** An upstream is silent until the next time, and one refuses, or an operator acts. */
  private void disturb(int tick) {
    silence.countDown();
    silence = new CountDownLatch(1);
    upstreams
        .get(tick % upstreams.size())
        .script(Script.fault(Stage.METADATA, new Action.Wait(silence)));
    int which = random.nextInt(NAMES.size());
    String name = NAMES.get(which);
    switch (random.nextInt(10)) {
      case 0 -> providers.disable(name);
      case 1 -> providers.drain(name);
      case 2, 3, 4 -> NAMES.forEach(providers::enable);
      default -> upstreams.get(which).refuse(REFUSALS[tick % REFUSALS.length], RETRY_AT_ONCE);
    }
  }

  private void assertThatAttemptsFailedInEveryWay() {
    Metrics metrics = Metrics.of(application);
    List<String> series =
        metrics.lines().stream().filter(line -> line.startsWith(ATTEMPTS)).toList();
    LOG.log(Level.INFO, "attempts: {0}", series);
    assertThat(OUTCOMES)
        .allSatisfy(
            outcome ->
                assertThat(metrics.sum(ATTEMPTS, "outcome=\"" + outcome + "\""))
                    .as(outcome)
                    .isPositive());
    assertThat(metrics.value(ATTEMPTS, "provider=\"steady\"", "outcome=\"ok\"").orElse(0))
        .as("what went there from another one")
        .isPositive();
    assertThat(
            metrics.sum(ATTEMPTS, "provider=\"unsteady\"", "outcome=\"cancelled\"")
                + metrics.sum(ATTEMPTS, "provider=\"steady\"", "outcome=\"cancelled\""))
        .as("clients that left, where nothing is hedged")
        .isPositive();
    assertThat(metrics.value("culvert_hedges_total", "result=\"alternative\"").orElse(0))
        .as("silent upstreams that were joined")
        .isPositive();
  }

  /** Waits until nothing is under way, and ends what was kept for later. */
  private void awaitRest() {
    NAMES.forEach(providers::enable);
    await("no session, no place")
        .atMost(LIMIT)
        .untilAsserted(
            () ->
                assertThat(providers.list())
                    .hasSize(NAMES.size() + 3)
                    .allSatisfy(one -> assertThat(one.sessions() + one.streams()).isZero()));
    awaitIdleSockets();
    pool.evictAll();
    Management.transportOf(application).closeIdle();
    await("the end of connections to upstreams")
        .atMost(LIMIT)
        .until(() -> live() + unsteady.live() + steady.live() == 0);
    await("the end of what clients kept and of the gateway's threads")
        .atMost(LIMIT)
        .pollInterval(TICK)
        .until(() -> !application.server().jvm().threadNames().contains("culvert-gateway"));
  }

  private int live() {
    return upstreams.stream().mapToInt(SimulatedUpstream::live).sum();
  }

  private void awaitIdleSockets() {
    await("idle sockets and nothing else")
        .atMost(LIMIT)
        .untilAsserted(
            () -> {
              Map<String, Integer> sockets = pool.getSockets();
              int all = sockets.values().stream().mapToInt(count -> count).sum();
              assertThat(sockets.getOrDefault("idle", 0)).isEqualTo(all);
              assertThat(live()).isEqualTo(all);
            });
  }

  /** Circuits close again, and no place was lost. */
  private void awaitEveryProviderServes() throws Exception {
    for (String name : NAMES) {
      NAMES.forEach(providers::disable);
      providers.enable(name);
      TurnPeer peer = new TurnPeer(application, "/v1/responses");
      await(name + " serves")
          .atMost(LIMIT)
          .pollInterval(TICK)
          .until(() -> peer.ask("last").statusCode() == 200);
      assertThat(providers.list())
          .filteredOn(one -> one.name().equals(name))
          .extracting(ProviderInfo::enabled)
          .containsExactly(true);
    }
  }
}
