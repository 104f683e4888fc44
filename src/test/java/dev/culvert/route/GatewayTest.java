package dev.culvert.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.culvert.admin.Health;
import dev.culvert.boundary.HostBoundary;
import dev.culvert.boundary.Sample;
import dev.culvert.config.Settings;
import dev.culvert.provider.ProviderView;
import dev.culvert.testkit.FreePort;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A configuration that changes while the gateway runs. */
class GatewayTest {

  private static final Settings OLD = TestSettings.of("culvert.upstreams.up.url", "ws://old:1");
  private static final Settings NEW = TestSettings.of("culvert.upstreams.up.url", "ws://new:1");

  private final AtomicReference<Settings> source = new AtomicReference<>(OLD);
  private final AtomicInteger readings = new AtomicInteger();
  private final Map<String, Function<Object[], Object>> hostAnswers = new HashMap<>();
  private final List<Set<?>> retained = new CopyOnWriteArrayList<>();
  private Optional<Consumer<String>> listener = Optional.empty();
  private Gateway gateway;

  @AfterEach
  void stop() {
    gateway.stop();
  }

  @Test
  void a_reload_that_changes_nothing_tells_the_host_nothing() {
    begin();

    reload();

    assertThat(retained).containsExactly(Set.of("old:1"));
  }

  @Test
  void a_reload_puts_a_changed_configuration_into_force() {
    begin();
    source.set(NEW);

    reload();

    assertThat(gateway.configuration().settings()).isEqualTo(NEW);
    assertThat(retained).containsExactly(Set.of("old:1"), Set.of("new:1"));
  }

  @Test
  void the_host_knows_new_addresses_before_a_handshake_can_use_them() {
    List<Settings> inForce = new ArrayList<>();
    hostAnswers.put("retain", arguments -> inForce.add(gateway.configuration().settings()));
    begin();
    source.set(NEW);

    reload();

    assertThat(inForce).containsExactly(OLD, OLD);
  }

  @Test
  void the_upstreams_to_choose_from_are_those_of_the_reload() {
    begin();
    source.set(
        TestSettings.of(
            "culvert.routes.chat.upstreams", "up, other",
            "culvert.upstreams.up.enabled", "false",
            "culvert.upstreams.other.url", "ws://other:1"));

    reload();

    assertThat(gateway.providers().list())
        .extracting(ProviderView::name, ProviderView::enabled)
        .containsExactlyInAnyOrder(tuple("up", false), tuple("other", true));
  }

  @Test
  void connections_are_kept_as_the_reload_says() {
    begin();
    source.set(TestSettings.of("culvert.transport.max-idle", "3"));

    reload();

    assertThat(gateway.exchanges().transport().rules().maxIdle()).isEqualTo(3);
  }

  /** Where nobody listens: memory would answer. */
  @Test
  void leases_are_kept_in_the_store_of_the_reload() throws IOException {
    begin();
    source.set(
        TestSettings.of(
            "culvert.sessions.store",
            "redis",
            "culvert.sessions.redis.url",
            "redis://127.0.0.1:" + FreePort.find()));

    reload();

    assertThat(gateway.health())
        .extracting(Health::store, Health::answers)
        .containsExactly("redis", false);
  }

  @Test
  void a_configuration_that_is_not_valid_changes_nothing() {
    begin();
    source.set(null);

    assertThatThrownBy(this::reload)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("culvert.routes.chat.path: missing");
    assertThat(gateway.configuration().settings()).isEqualTo(OLD);
    assertThat(retained).hasSize(1);
  }

  @Test
  void a_changed_reload_interval_counts_from_the_reload_on() {
    begin();
    source.set(TestSettings.of("culvert.reload-interval", "1ms"));

    reload();

    int before = readings.get();
    await().until(() -> readings.get() > before + 3);
    assertThat(gateway.configuration().settings().reloadInterval()).hasMillis(1);
  }

  @Test
  void a_gateway_that_cannot_begin_leaves_no_deployment() {
    List<Object> undeployed = new ArrayList<>();
    hostAnswers.put("undeploy", arguments -> undeployed.add(arguments[0]));
    hostAnswers.put(
        "retain",
        arguments -> {
          throw new IllegalStateException("no");
        });

    assertThatThrownBy(this::begin).isInstanceOf(IllegalStateException.class);
    assertThat(undeployed).containsExactly(7L);
  }

  @Test
  void the_gateways_own_metrics_stand_beside_those_of_the_host() {
    begin();

    assertThat(gateway.samples())
        .extracting(Sample::name)
        .contains("culvert_lease_store_up", "culvert_transport_connections");
  }

  @Test
  void a_step_of_the_end_that_fails_keeps_no_other_from_being_taken() {
    List<Object> undeployed = new ArrayList<>();
    hostAnswers.put("undeploy", arguments -> undeployed.add(arguments[0]));
    begin();
    hostAnswers.put(
        "bindSession",
        arguments -> {
          throw new NoClassDefFoundError("gone with the files of the application");
        });

    gateway.stop();

    assertThat(undeployed).containsExactly(7L);
  }

  private void begin() {
    hostAnswers.put("deploy", arguments -> 7L);
    hostAnswers.putIfAbsent("retain", arguments -> retained.add((Set<?>) arguments[1]));
    hostAnswers.put("samples", arguments -> List.of());
    hostAnswers.put("listen", this::listen);
    gateway =
        new Gateway("app", Stub.of(HostBoundary.class, hostAnswers), source.get(), this::read);
    gateway.begin();
  }

  @SuppressWarnings("unchecked")
  private Object listen(Object[] arguments) {
    listener = Optional.of((Consumer<String>) arguments[1]);
    return listener;
  }

  private Settings read() {
    readings.incrementAndGet();
    return Optional.ofNullable(source.get()).orElseGet(TestSettings::broken);
  }

  /** As the host does for a JMX client. */
  private void reload() {
    listener.orElseThrow().accept("reload");
  }
}
