package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.admin.ProviderInfo;
import dev.culvert.admin.ProvidersMXBean;
import dev.culvert.host.PoolMXBean;
import dev.culvert.sim.SimulatedUpstream;
import dev.culvert.testkit.Application;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.ServerJvm;
import dev.culvert.testkit.ServerKind;
import dev.culvert.testkit.ServerLog;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Many turns over three upstreams that fail, recover, limit rates and are switched off and on,
 * while clients go away: no lease, no place and no connection is left. The profile {@code stress}
 * sets the full numbers.
 */
@Tag(ServerKind.ANY_SERVER)
@ExtendWith(ServerExtension.class)
class ProviderSoakIT {

  private static final System.Logger LOG = System.getLogger("dev.culvert.it");

  private static final int TURNS = Integer.getInteger("culvert.stress.turns", 60);
  private static final int CONVERSATIONS = Integer.getInteger("culvert.stress.conversations", 12);
  private static final Duration TIME =
      Duration.ofSeconds(Integer.getInteger("culvert.stress.provider-seconds", 4));
  private static final long SEED = Long.getLong("culvert.stress.seed", 1);

  private static final List<String> NAMES = List.of("one", "two", "three");
  private static final int[] REFUSALS = {401, 429, 502, 503};
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration TICK = Duration.ofMillis(100);
  private static final Pattern FAULT = Pattern.compile("Exception in thread|CULVERT-T001");

  private final List<SimulatedUpstream> upstreams = new ArrayList<>();
  private final Random random = new Random(SEED);
  private Application application;
  private ServerJvm jvm;
  private ProvidersMXBean providers;
  private PoolMXBean pool;

  @BeforeEach
  void start(Application deployed) throws IOException {
    application = deployed;
    jvm = application.server().jvm();
    Config config =
        Config.empty()
            .route("v1", String.join(",", NAMES))
            .onRoute("v1", "mode", "turns")
            .onRoute("v1", "turn.replayable", "true")
            .onRoute("v1", "retry.backoff", "5ms")
            .onRoute("v1", "hedge.first-byte-timeout", "50ms");
    for (String name : NAMES) {
      SimulatedUpstream upstream = SimulatedUpstream.start();
      upstreams.add(upstream);
      String key = "upstreams." + name;
      config =
          config
              .upstream(name, "ws://127.0.0.1:" + upstream.port())
              .set(key + ".accounts", name)
              .set("accounts." + name + ".header.Authorization", "Bearer " + name)
              .set(key + ".max-sessions", Integer.toString(CONVERSATIONS * 2 / 3))
              .set(key + ".breaker.failures", "5")
              .set(key + ".breaker.open", "100ms")
              .set(key + ".breaker.max-open", "400ms");
    }
    application.deploy(config.packed());
    providers = Management.providersOf(application);
    pool = Management.poolOf(application);
  }

  @AfterEach
  void close() throws IOException {
    for (SimulatedUpstream upstream : upstreams) {
      upstream.close();
    }
  }

  @Test
  void nothing_is_left() throws Exception {
    ServerLog log = application.server().log();
    int mark = log.mark();

    Map<String, Long> outcomes = soak();

    LOG.log(Level.INFO, "turns over providers: {0}", outcomes);
    assertThat(outcomes.keySet()).noneMatch(outcome -> outcome.startsWith(CheckedAnswer.WRONG));
    assertThat(outcomes.get("completed")).isGreaterThan(TURNS);
    NAMES.forEach(providers::enable);
    await("no session, no place")
        .atMost(LIMIT)
        .untilAsserted(
            () ->
                assertThat(providers.list())
                    .hasSize(NAMES.size())
                    .allSatisfy(one -> assertThat(one.sessions() + one.streams()).isZero()));
    awaitIdleSockets();
    assertThat(log.linesFrom(mark)).noneMatch(line -> FAULT.matcher(line).find());
    assertThat(jvm.threadNames())
        .filteredOn(name -> name.startsWith("culvert-"))
        .hasSizeLessThan(400);
    awaitEveryProviderServes();
  }

  private Map<String, Long> soak() throws Exception {
    TurnLoad load = TurnLoad.start(application.http("/v1/responses"), TURNS, CONVERSATIONS, SEED);
    List<TurnFaults> faults = new ArrayList<>();
    for (int i = 0; i < NAMES.size(); i++) {
      faults.add(new TurnFaults(upstreams.get(i), application, NAMES.get(i), SEED + i));
    }
    try {
      long end = System.nanoTime() + TIME.toNanos();
      while (System.nanoTime() < end && load.run(TICK)) {
        disturb();
      }
    } finally {
      for (TurnFaults fault : faults) {
        fault.close();
      }
    }
    assertThat(load.stop(LIMIT)).as("every turn has ended").isTrue();
    return load.outcomes();
  }

  /** An upstream refuses, or an operator acts. */
  private void disturb() {
    int which = random.nextInt(NAMES.size());
    String name = NAMES.get(which);
    switch (random.nextInt(10)) {
      case 0 -> providers.disable(name);
      case 1 -> providers.drain(name);
      case 2, 3, 4 -> NAMES.forEach(providers::enable);
      default ->
          upstreams.get(which).refuse(REFUSALS[random.nextInt(REFUSALS.length)], "Retry-After: 0");
    }
  }

  private void awaitIdleSockets() {
    await("idle sockets and nothing else")
        .atMost(LIMIT)
        .untilAsserted(
            () -> {
              Map<String, Integer> sockets = pool.getSockets();
              int all = sockets.values().stream().mapToInt(count -> count).sum();
              assertThat(sockets.getOrDefault("idle", 0)).isEqualTo(all);
              assertThat(upstreams.stream().mapToInt(SimulatedUpstream::live).sum()).isEqualTo(all);
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
