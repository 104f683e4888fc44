package dev.culvert.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.boundary.Fields;
import dev.culvert.boundary.StreamSpec;
import dev.culvert.config.RedisRules;
import dev.culvert.config.UpstreamTls;
import dev.culvert.host.HostRig.Dialled;
import dev.culvert.host.HostRig.Opened;
import dev.culvert.host.dial.ScriptedServer;
import dev.culvert.host.relay.Specs;
import dev.culvert.provider.lease.Admission;
import dev.culvert.provider.lease.Lease;
import dev.culvert.provider.lease.StoreKind;
import dev.culvert.provider.lease.redis.RedisKeys;
import dev.culvert.route.DeployedLeases;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** However a stream ends on a real host, the store counts its lease no more. */
@Timeout(60)
class StreamExitsTest {

  private final HostRig rig = new HostRig();
  private final ScriptedServer server = rig.server();
  private final String prefix = "culvert-" + UUID.randomUUID();
  private long deployment = rig.deploy(server);
  private DeployedLeases leases = leases();
  private final Lease lease = take("session");

  StoreKind stores() {
    return StoreKind.MEMORY;
  }

  private DeployedLeases leases() {
    return new DeployedLeases(rig.host, deployment, HostRig.APP, redis());
  }

  private Optional<RedisRules> redis() {
    return stores().servers().stream()
        .findFirst()
        .map(
            first ->
                new RedisRules(
                    List.of(new RedisRules.Node("127.0.0.1", first.port())),
                    Optional.empty(),
                    0,
                    Optional.<UpstreamTls>empty(),
                    prefix));
  }

  private Lease take(String session) {
    Lease taken = Lease.of("up", session);
    assertThat(
            leases
                .store()
                .acquire(taken, 0)
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join())
        .isEqualTo(new Admission.Admitted(taken, true));
    return taken;
  }

  @AfterEach
  void end() throws Exception {
    leases.undeploy();
    rig.close();
  }

  /** As the store itself has them. */
  private Set<Lease> counted() {
    if (stores() == StoreKind.MEMORY) {
      return rig.host.renewLeases(deployment).stream()
          .map(id -> new Lease(text(id, "provider"), text(id, "session"), text(id, "token")))
          .collect(Collectors.toSet());
    }
    return new RedisKeys(stores().servers(), prefix).leases();
  }

  private static String text(Map<String, Object> fields, String name) {
    return (String) fields.get(name);
  }

  private void awaitNothingCounted() {
    Awaitility.await().untilAsserted(() -> assertThat(counted()).isEmpty());
  }

  private StreamSpec spec(Object... fields) {
    Object[] all = Arrays.copyOf(fields, fields.length + 6);
    all[fields.length] = "address";
    all[fields.length + 1] = server.address();
    all[fields.length + 2] = "lease";
    all[fields.length + 3] = lease.token();
    all[fields.length + 4] = "leaseSession";
    all[fields.length + 5] = lease.session();
    return Specs.opaque(all);
  }

  private Opened open(Object... fields) throws Exception {
    Opened stream = rig.open(deployment, server, spec(fields)).exchange();
    assertThat(counted()).containsExactly(lease);
    return stream;
  }

  /** With a relay, which takes nothing here. */
  private void join(Object... fields) throws Exception {
    Dialled dialled = rig.dialled(deployment, server);
    rig.host.join(deployment, dialled.connection(), Fields.of(spec(fields)), () -> {});
    assertThat(counted()).containsExactly(lease);
  }

  @Test
  void bothSidesHangUp() throws Exception {
    Opened stream = open();
    stream.client().close();
    stream.upstream().close();

    awaitNothingCounted();
  }

  @Test
  void itIsIdleForTooLong() throws Exception {
    open("idleTimeoutMillis", 200L).assertHungUp();

    awaitNothingCounted();
  }

  @Test
  void aJoinedOneIsIdleForTooLong() throws Exception {
    join("idleTimeoutMillis", 500L);

    awaitNothingCounted();
  }

  @Test
  void itsTimeIsOver() throws Exception {
    open("timeoutMillis", 200L).assertHungUp();

    awaitNothingCounted();
  }

  @Test
  void anOperatorClosesIt() throws Exception {
    Opened stream = open();
    rig.host.close("all", "", 1001, "", "shutdown");
    stream.assertHungUp();

    awaitNothingCounted();
  }

  @Test
  void theServerDoesNotLetGoOfTheClient() throws Exception {
    Dialled dialled = rig.dialled(deployment, server);
    rig.takeOverFailure = new IllegalStateException("no");
    assertThatThrownBy(() -> rig.open(deployment, dialled, spec()))
        .isInstanceOf(IllegalStateException.class);

    awaitNothingCounted();
  }

  @Test
  void theClientIsLostOnTheWay() throws Exception {
    rig.heldTakeOvers = new ArrayDeque<>();
    rig.open(deployment, rig.dialled(deployment, server), spec());
    assertThat(counted()).containsExactly(lease);
    rig.lostTakeOvers.remove().run();

    awaitNothingCounted();
  }

  @Test
  void theUpstreamIsGoneBeforeItOpens() throws Exception {
    Dialled dialled = rig.dialled(deployment, server);
    rig.host.abandon(dialled.connection());
    assertThatThrownBy(() -> rig.open(deployment, dialled, spec()))
        .isInstanceOf(IllegalStateException.class);

    awaitNothingCounted();
  }

  @Test
  void aJoinedOneEndsWithItsDeployment() throws Exception {
    join();
    redeploy();

    awaitNothingCounted();
  }

  @Test
  void oneThatEndsWithItsDeploymentIsNotTheNextOnes() throws Exception {
    Opened stream = open();
    redeploy();
    stream.assertHungUp();

    awaitNothingCounted();
  }

  @Test
  void whatIsNoStreamsEndsWithTheDeployment() {
    take("another");
    assertThat(counted()).hasSize(2);
    redeploy();

    assertThat(counted()).isEmpty();
  }

  @Test
  void oneThatLivesOnIsCountedByTheNextDeploymentUntilItEnds() throws Exception {
    Opened stream = open("detached", true);
    redeploy();
    stream.exchange();
    leases.store().heartbeat();
    leases.store().heartbeat();
    Awaitility.await().untilAsserted(() -> assertThat(counted()).containsExactly(lease));
    stream.client().close();
    stream.upstream().close();

    awaitNothingCounted();
  }

  private void redeploy() {
    leases.undeploy();
    begin();
  }

  private void begin() {
    deployment = rig.deploy(server);
    leases = leases();
  }
}
