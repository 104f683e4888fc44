package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Many turns at once, while clients go away, the upstream fails and an operator evicts: each ends,
 * with nothing of another one in it, and leaves nothing behind. The profile {@code stress} sets the
 * full numbers.
 */
@Tag(ServerKind.ANY_SERVER)
@ExtendWith(ServerExtension.class)
class TurnSoakIT {

  private static final System.Logger LOG = System.getLogger("dev.culvert.it");

  private static final int TURNS = Integer.getInteger("culvert.stress.turns", 100);
  private static final int CONVERSATIONS = Integer.getInteger("culvert.stress.conversations", 20);
  private static final Duration TIME =
      Duration.ofSeconds(Integer.getInteger("culvert.stress.turn-seconds", 4));
  private static final long SEED = Long.getLong("culvert.stress.seed", 1);

  /** Fewer than conversations, so that sockets are retired and turns run beside the pool. */
  private static final int CAP = CONVERSATIONS * 3 / 4;

  /** Of all kinds together: their bounds do not depend on how many turns there are. */
  private static final int MOST_THREADS = 700;

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration TICK = Duration.ofMillis(250);
  private static final Pattern FAULT = Pattern.compile("Exception in thread|CULVERT-T001");
  private static final String ACCOUNT = "acme";

  private Application application;
  private ServerJvm jvm;
  private SimulatedUpstream upstream;
  private PoolMXBean pool;
  private TurnPeer peer;
  private long mostThreads;

  @BeforeEach
  void start(Application deployed) throws IOException {
    application = deployed;
    jvm = application.server().jvm();
    upstream = SimulatedUpstream.start();
    application.deploy(
        Config.empty()
            .turns("v1", "llm", upstream.port())
            .set("upstreams.llm.accounts", ACCOUNT)
            .set("accounts.acme.header.Authorization", "Bearer 1")
            .set("pool.max-per-account", Integer.toString(CAP))
            .packed());
    pool = Management.poolOf(application);
    peer = new TurnPeer(application, "/v1/responses");
  }

  @AfterEach
  void close() throws IOException {
    upstream.close();
  }

  @Test
  void nothing_is_mixed_up_and_nothing_is_left() throws Exception {
    assertThat(peer.ask("first").statusCode()).isEqualTo(200);
    ServerLog log = application.server().log();
    int mark = log.mark();

    Map<String, Long> outcomes = soak();

    LOG.log(Level.INFO, "turns: {0}, threads: {1}", outcomes, mostThreads);
    assertThat(outcomes.keySet()).noneMatch(outcome -> outcome.startsWith(CheckedAnswer.WRONG));
    assertThat(outcomes.get("completed")).isGreaterThan(TURNS);
    assertThat(outcomes).containsKeys("gone", "broken", "status 502");
    assertThat(mostThreads).as("threads under load").isLessThanOrEqualTo(MOST_THREADS);
    awaitRest();
    await("the end of threads that begin turns and dial")
        .atMost(LIMIT)
        .pollInterval(Duration.ofSeconds(1))
        .until(() -> threads("culvert-turn") + threads("culvert-upstream-dial") == 0);
    assertThatNoPlaceIsLost();
    assertThat(log.linesFrom(mark)).noneMatch(line -> FAULT.matcher(line).find());
  }

  private Map<String, Long> soak() throws Exception {
    TurnLoad load = TurnLoad.start(application.http("/v1/responses"), TURNS, CONVERSATIONS, SEED);
    try (TurnFaults faults = new TurnFaults(upstream, application, ACCOUNT, SEED)) {
      long end = System.nanoTime() + TIME.toNanos();
      while (System.nanoTime() < end && load.run(TICK)) {
        mostThreads = Math.max(mostThreads, threads("culvert-"));
      }
    }
    assertThat(load.stop(LIMIT)).as("every turn has ended").isTrue();
    return load.outcomes();
  }

  private long threads(String prefix) {
    return jvm.threadNames().stream().filter(name -> name.startsWith(prefix)).count();
  }

  /** Waits until no turn is under way. */
  private void awaitRest() {
    await("idle sockets and nothing else")
        .atMost(LIMIT)
        .untilAsserted(
            () -> {
              Map<String, Integer> sockets = pool.getSockets();
              int idle = sockets.getOrDefault("idle", 0);
              assertThat(sockets.values().stream().mapToInt(count -> count).sum()).isEqualTo(idle);
              assertThat(idle).isLessThanOrEqualTo(CAP);
              assertThat(upstream.live()).as("connections").isEqualTo(idle);
            });
  }

  /** With all places free as many conversations have a socket as there may be. */
  private void assertThatNoPlaceIsLost() throws Exception {
    pool.evictAll();
    await("the end of the sockets").atMost(LIMIT).until(() -> upstream.live() == 0);
    for (int i = 0; i < CAP; i++) {
      assertThat(peer.ask("place" + i).statusCode()).isEqualTo(200);
    }
    assertThat(pool.list()).hasSize(CAP);
  }
}
