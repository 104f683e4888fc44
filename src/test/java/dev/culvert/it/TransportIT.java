package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.culvert.config.TransportRules;
import dev.culvert.http.TransportMXBean;
import dev.culvert.testkit.Application;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Connections for ordinary requests, as an operator sees and bounds them. */
@ExtendWith(ServerExtension.class)
class TransportIT {

  private static final String CONNECTIONS = "culvert_transport_connections";
  private static final String LEASED = "state=\"leased\"";
  private static final String IDLE = "state=\"idle\"";

  /** Less than a connection stays without an operator: 90 s. */
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** A permit for each answer. */
  private static final Semaphore ANSWERS = new Semaphore(0);

  private static Application application;
  private static Client client;
  private static Metrics metrics;
  private static ScriptedUpstream upstream;
  private static Path packed;

  private final List<Wire> asked = new ArrayList<>();
  private TransportMXBean transport;

  @BeforeAll
  static void deploy(Application deployed) throws IOException {
    application = deployed;
    client = new Client(application);
    metrics = Metrics.of(application);
    upstream = ScriptedUpstream.onAccept(TransportIT::serve);
    packed =
        Config.empty().routeTo("web", upstream.url()).onRoute("web", "mode", "http").administered();
    application.deploy(packed);
  }

  /** One request after the other. */
  private static void serve(Wire connection) throws IOException {
    while (connection.readRequest() != null) {
      ANSWERS.acquireUninterruptibly();
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    }
  }

  @AfterAll
  static void close() throws IOException {
    upstream.close();
  }

  @BeforeEach
  void find() {
    transport = Management.transportOf(application);
  }

  @AfterEach
  void restore() throws IOException {
    for (Wire wire : asked) {
      wire.close();
    }
    transport.setMaxIdle(0); // also for those that are about to be idle
    awaitLive(0);
    TransportRules usual = TransportRules.DEFAULTS;
    transport.setMaxIdle(usual.maxIdle());
    transport.setKeepAliveMillis(usual.keepAlive().toMillis());
    transport.setMaxPerHost(usual.maxPerHost());
  }

  @Test
  void connections_are_counted_by_what_they_do() throws Exception {
    ask(3);
    awaitCount(3, transport::getLeased);
    assertThat(metrics.value(CONNECTIONS, LEASED)).hasValue(3);
    assertThat(metrics.value(CONNECTIONS, IDLE)).hasValue(0);

    ANSWERS.release(3);

    awaitCount(3, transport::getIdle);
    assertThat(transport.getLeased().values()).containsOnly(0);
    assertThat(metrics.value(CONNECTIONS, LEASED)).hasValue(0);
    assertThat(metrics.value(CONNECTIONS, IDLE)).hasValue(3);
    assertAllAnswered();
  }

  @Test
  void a_lower_bound_ends_idle_connections_and_those_in_use_after_their_answers() throws Exception {
    ask(3);
    awaitCount(3, transport::getLeased);
    ANSWERS.release(2);
    awaitCount(2, transport::getIdle);

    transport.setMaxIdle(0);

    awaitLive(1);
    assertThat(transport.getIdle().values()).allMatch(count -> count == 0);
    ANSWERS.release();
    awaitLive(0);
    assertAllAnswered();
  }

  @Test
  void an_operator_ends_all_idle_connections() throws Exception {
    ask(2);
    awaitCount(2, transport::getLeased);
    ANSWERS.release();
    awaitCount(1, transport::getIdle);

    transport.closeIdle();

    awaitLive(1);
    ANSWERS.release();
    awaitCount(1, transport::getIdle);
    assertAllAnswered();
  }

  @Test
  void idle_connections_end_in_time() throws Exception {
    transport.setKeepAliveMillis(100);
    ask(1);
    awaitCount(1, transport::getLeased);

    ANSWERS.release();

    assertAllAnswered();
    awaitLive(0);
  }

  @Test
  void above_the_bound_of_a_host_requests_wait() throws Exception {
    transport.setMaxPerHost(1);
    ask(2);
    awaitCount(1, transport::getPending);
    int accepted = upstream.accepted();

    ANSWERS.release(2);

    assertAllAnswered();
    assertThat(upstream.accepted()).isEqualTo(accepted);
  }

  @Test
  void what_is_out_of_range_is_refused_and_changes_nothing() {
    assertThatThrownBy(() -> transport.setMaxIdle(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxIdle: -1 (expected: >= 0)");
    assertThatThrownBy(() -> transport.setMaxIdlePerHost(-1))
        .hasMessage("maxIdlePerHost: -1 (expected: >= 0)");
    assertThatThrownBy(() -> transport.setMaxPerHost(-1))
        .hasMessage("maxPerHost: -1 (expected: >= 0)");
    assertThatThrownBy(() -> transport.setKeepAliveMillis(0))
        .hasMessage("keepAliveMillis: 0 (expected: at least 1)");

    assertUsual();
  }

  @Test
  void what_was_set_ends_with_the_deployment_as_the_bean_does() {
    transport.setMaxIdle(7);
    transport.setMaxIdlePerHost(6);

    application.undeploy();

    assertThat(Management.name(application, "Transport")).isEmpty();
    application.deploy(packed);
    find();
    assertUsual();
  }

  private void assertUsual() {
    TransportRules usual = TransportRules.DEFAULTS;
    assertThat(transport.getMaxIdle()).isEqualTo(usual.maxIdle());
    assertThat(transport.getMaxIdlePerHost()).isEqualTo(usual.maxIdlePerHost());
    assertThat(transport.getMaxPerHost()).isEqualTo(usual.maxPerHost());
    assertThat(transport.getKeepAliveMillis()).isEqualTo(usual.keepAlive().toMillis());
  }

  /** Makes requests at once, each over a connection of its own. */
  private void ask(int count) throws IOException {
    String path = application.contextPath() + "/web/";
    for (int i = 0; i < count; i++) {
      asked.add(
          client
              .connect()
              .send("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"));
    }
  }

  private void assertAllAnswered() throws IOException {
    for (Wire wire : asked) {
      assertThat(wire.readResponse().status()).isEqualTo(200);
      assertThat(wire.readText(2)).isEqualTo("ok");
    }
  }

  private static void awaitCount(int expected, Supplier<Map<String, Integer>> byHost) {
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () -> assertThat(byHost.get()).containsEntry(upstream.authority(), expected));
  }

  /** Waits until the upstream sees no more connections than that. */
  private static void awaitLive(int expected) {
    await("connections to the upstream").atMost(LIMIT).until(() -> upstream.live() == expected);
  }
}
