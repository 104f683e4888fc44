package dev.culvert.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.boundary.Fields;
import dev.culvert.boundary.PoolSpec;
import dev.culvert.boundary.Sample;
import dev.culvert.boundary.SlotSpec;
import dev.culvert.host.SlotRig;
import dev.culvert.host.pool.PoolSettings;
import dev.culvert.sim.Action;
import dev.culvert.sim.Script;
import dev.culvert.sim.Stage;
import dev.culvert.turn.TurnRig.Caller;
import dev.culvert.turn.TurnRig.Running;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;
import javax.management.Attribute;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sockets belong to the application, slots to a deployment of it. */
class RedeployTest {

  private static final Caller ALICE = Caller.ALICE;

  private final MBeanServer beans = ManagementFactory.getPlatformMBeanServer();

  private TurnRig rig;

  @BeforeEach
  void start() throws IOException {
    rig = new TurnRig();
  }

  @AfterEach
  void stop() throws IOException {
    rig.close();
  }

  @Test
  void theNextDeploymentGoesOnOnTheSameSockets() throws Exception {
    rig.completed(ALICE, "hello");

    rig.host.undeploy(rig.deployment);
    assertThat(rig.upstream.live()).isEqualTo(1);
    rig.deployment = rig.host.deploy();

    assertThat(rig.completed(ALICE, "hello").decision()).startsWith("reuse:");
    RecordedClient continued = rig.begin(ALICE, "resp_1_2", "go on").client();
    assertThat(continued.end()).isEqualTo(new TurnEnd.Completed("response.completed"));
    assertThat(rig.upstream.accepted()).isEqualTo(1);
  }

  @Test
  void aTurnOfTheOldDeploymentFinishesBesideTheNewOne() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    rig.upstream.script(Script.fault(Stage.VISIBLE, new Action.Wait(gate)));
    Running old = rig.begin(ALICE, "", "hello");
    Awaitility.await().until(() -> !old.client().events.isEmpty());
    long first = rig.deployment;
    rig.deployment = rig.host.deploy();

    assertThat(rig.completed(ALICE, "hello").decision()).isEqualTo("bypass(busy)");
    gate.countDown();
    assertThat(old.client().end()).isEqualTo(new TurnEnd.Completed("response.completed"));
    rig.host.undeploy(first);

    assertThat(rig.completed(ALICE, "hello").decision()).startsWith("reuse:");
  }

  @Test
  void otherwiseTheyEndWithTheDeployment() throws Exception {
    configure(true, false);
    rig.completed(ALICE, "hello");

    rig.host.undeploy(rig.deployment);

    Awaitility.await().until(() -> rig.upstream.live() == 0);
    rig.deployment = rig.host.deploy();
    assertThat(rig.completed(ALICE, "hello").decision()).startsWith("new:");
  }

  @Test
  void whatTheConfigurationSaysReachesThePool() throws Exception {
    configure(false, true);

    assertThat(rig.completed(ALICE, "hello").decision()).isEqualTo("bypass(disabled)");
    assertThat(rig.pool.settings().maxAge()).hasSeconds(700);
    assertThat(rig.pool.settings().maxPerAccount()).isEqualTo(3);
    assertThat(rig.pool.settings().pingInterval()).hasMillis(1_500);
    assertThat(rig.pool.settings().openTimeout()).hasMillis(2_500);
    assertThat(rig.pool.settings().responseStartTimeout()).hasMillis(3_500);
  }

  private void configure(boolean enabled, boolean keep) {
    configure(enabled, keep, Map.of());
  }

  private void configure(boolean enabled, boolean keep, Map<String, String> accounts) {
    PoolSpec spec = new PoolSpec(enabled, 700_000, 3, 1_500, 2_500, 3_500, keep, accounts);
    rig.host.slots().pool(rig.deployment, Fields.of(spec));
  }

  @Test
  void whatAnOperatorSetsStaysUntilTheConfigurationSaysOtherwiseThanBefore() {
    configure(true, true);
    rig.pool.change(settings -> settings.withMaxPerAccount(5).withMaxAge(Duration.ofSeconds(9)));

    configure(true, false);
    rig.host.undeploy(rig.deployment);
    rig.deployment = rig.host.deploy();
    configure(true, true);
    assertThat(rig.pool.settings().maxPerAccount()).isEqualTo(5);
    assertThat(rig.pool.settings().maxAge()).hasSeconds(9);

    PoolSpec changed = new PoolSpec(true, 700_000, 4, 1_500, 2_500, 3_500, true, Map.of());
    rig.host.slots().pool(rig.deployment, Fields.of(changed));
    assertThat(rig.pool.settings().maxPerAccount()).isEqualTo(4);
    assertThat(rig.pool.settings().maxAge()).hasSeconds(9);
  }

  @Test
  void anAccountWhoseCredentialHasChangedIsEvicted() throws Exception {
    configure(true, true, Map.of("acme", "1", "other", "1"));
    rig.completed(ALICE, "hello");

    configure(true, true, Map.of("acme", "1", "other", "2"));
    assertThat(rig.completed(ALICE, "hello").decision()).startsWith("reuse:");
    configure(true, true, Map.of("acme", "2", "other", "2"));
    assertThat(rig.completed(ALICE, "hello").decision()).startsWith("new:");
    configure(true, true, Map.of());
    assertThat(rig.pool.sockets()).isEmpty();
  }

  @Test
  void aSlotThatIsStillHeldEndsWithItsDeployment() throws Exception {
    rig.upstream.script(Script.fault(Stage.VISIBLE, new Action.Stall()));
    Running running = rig.begin(ALICE, "", "hello");
    Awaitility.await().until(() -> !running.client().events.isEmpty());

    rig.host.undeploy(rig.deployment);

    rig.awaitNoSockets();
    Awaitility.await().until(() -> rig.upstream.live() == 0);
  }

  @Test
  void aDialUnderWayEndsWithItsDeployment() {
    CountDownLatch gate = rig.upstream.holdUpgrades();
    Running unused = rig.begin(ALICE, "", "hello");
    Awaitility.await().until(() -> rig.upstream.live() == 1);

    rig.host.undeploy(rig.deployment);

    assertThat(rig.pool.sockets()).isEmpty();
    gate.countDown();
    Awaitility.await().until(() -> rig.upstream.live() == 0);
  }

  @Test
  void afterItsEndADeploymentGetsNoSlot() {
    rig.host.undeploy(rig.deployment);

    assertThatThrownBy(
            () -> rig.host.slots().acquire(rig.deployment, Map.of(), (event, value) -> {}))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aSlotThatHasEndedKeepsNothingOfItsHolder() throws Exception {
    WeakReference<BiConsumer<String, Object>> receiver = holdAndRelease();

    Awaitility.await()
        .until(
            () -> {
              System.gc();
              return receiver.get() == null;
            });
    assertThat(rig.pool.sockets()).hasSize(1);
  }

  private WeakReference<BiConsumer<String, Object>> holdAndRelease() {
    Map<String, Object> seen = new HashMap<>();
    BiConsumer<String, Object> receiver = seen::put;
    SlotSpec spec =
        new SlotSpec(
            SlotSpec.CONVERSATION,
            "",
            "alice",
            "acme",
            "c",
            "",
            "",
            "",
            rig.upstream.uri().toString(),
            List.of(),
            null,
            null);
    long slot = rig.host.slots().acquire(rig.deployment, Fields.of(spec), receiver);
    Awaitility.await().until(() -> rig.pool.sockets().get(0).state().equals("busy"));
    rig.host.slots().release(slot, "");
    assertThat(rig.host.slots().send(slot, "too late")).isFalse();
    return new WeakReference<>(receiver);
  }

  @Test
  void conversationsOfResponsesAreKnownToTheirCallers() throws Exception {
    rig.completed(ALICE, "hello");

    assertThat(rig.host.slots().owner(rig.deployment, "alice", "resp_1_1"))
        .isEqualTo(
            Map.of("account", "acme", "conversation", "c", "url", rig.upstream.uri().toString()));
    assertThat(rig.host.slots().owner(rig.deployment, "mallory", "resp_1_1")).isNull();
  }

  @Test
  void booksAreKept() throws Exception {
    rig.completed(ALICE, "hello");
    rig.completed(ALICE, "hello");
    Running busy = rig.begin(ALICE.with("other"), "", "hello");
    TurnEnd unused = busy.client().end();

    assertThat(metric("culvert_pool_decisions_total", "decision", "new")).isEqualTo(2);
    assertThat(metric("culvert_pool_decisions_total", "decision", "reuse")).isEqualTo(1);
    assertThat(metric("culvert_pool_sockets", "state", "idle")).isEqualTo(2);
    assertThat(rig.host.slots().evict(rig.deployment, "acme")).isEqualTo(2);
    assertThat(metric("culvert_pool_evictions_total", "reason", "evicted")).isEqualTo(2);
    assertThat(metric("culvert_pool_sockets", "state", "idle")).isZero();
  }

  @Test
  void credentialsOfCallersAreOneSeries() throws Exception {
    for (String account : List.of("callers#1", "callers#2")) {
      rig.completed(new TurnRig.Caller(account, account, "c", false), "hello");
    }

    assertThat(metric("culvert_pool_sockets", "account", "callers")).isEqualTo(2);
    assertThat(rig.host.slots().evict(rig.deployment, "callers#1")).isEqualTo(1);
    assertThat(metric("culvert_pool_sockets", "account", "callers")).isEqualTo(1);
  }

  private double metric(String name, String tag, String value) {
    return rig.host.samples().stream()
        .filter(sample -> sample.name().equals(name))
        .filter(sample -> sample.tags().get(tag).equals(value))
        .mapToDouble(Sample::value)
        .sum();
  }

  @Test
  void operatorsSeeAndChangeThePool() throws Exception {
    rig.completed(ALICE, "hello");
    ObjectName name =
        new ObjectName("dev.culvert:type=Pool,application=" + ObjectName.quote(SlotRig.APP));
    assertThat(beans.getAttribute(name, "Sockets")).asString().contains("idle");
    assertThat((Object[]) beans.invoke(name, "list", null, null)).hasSize(1);

    beans.setAttribute(name, new Attribute("MaxPerAccount", 2));
    beans.setAttribute(name, new Attribute("MaxAgeMillis", 60_000L));
    beans.setAttribute(name, new Attribute("PingIntervalMillis", 61_000L));
    beans.setAttribute(name, new Attribute("OpenTimeoutMillis", 62_000L));
    beans.setAttribute(name, new Attribute("ResponseStartTimeoutMillis", 63_000L));
    assertThat(rig.pool.settings())
        .isEqualTo(
            new PoolSettings(
                true,
                Duration.ofSeconds(60),
                2,
                Duration.ofSeconds(61),
                Duration.ofSeconds(62),
                Duration.ofSeconds(63)));
    assertThat(beans.getAttribute(name, "MaxAgeMillis")).isEqualTo(60_000L);
    assertThat(beans.getAttribute(name, "PingIntervalMillis")).isEqualTo(61_000L);
    assertThat(beans.getAttribute(name, "OpenTimeoutMillis")).isEqualTo(62_000L);
    assertThat(beans.getAttribute(name, "ResponseStartTimeoutMillis")).isEqualTo(63_000L);
    assertThat(beans.getAttribute(name, "SocketsByAccount")).asString().contains("acme", "idle");
    assertThatThrownBy(() -> beans.setAttribute(name, new Attribute("MaxPerAccount", 0)))
        .hasRootCauseMessage("MaxPerAccount: 0 (expected: 1 to 2147483647)");
    assertThatThrownBy(() -> beans.setAttribute(name, new Attribute("OpenTimeoutMillis", -1L)))
        .hasRootCauseMessage("OpenTimeoutMillis: -1 (expected: 1 to 3600000)");

    Object[] account = {"acme"};
    String[] types = {String.class.getName()};
    assertThat(beans.invoke(name, "evict", account, types)).isEqualTo(1);
    beans.setAttribute(name, new Attribute("Enabled", false));
    assertThat(rig.completed(ALICE, "hello").decision()).isEqualTo("bypass(disabled)");
  }
}
