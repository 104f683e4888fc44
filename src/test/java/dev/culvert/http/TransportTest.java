package dev.culvert.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.config.ForwardProxy;
import dev.culvert.config.Login;
import dev.culvert.config.TransportRules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Connections that are shared, kept and closed. */
class TransportTest {

  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final TransportRules RULES = TransportRules.DEFAULTS;

  private TransportRig rig;
  private Transport transport;

  @BeforeEach
  void start() throws Exception {
    rig = new TransportRig();
    transport = TransportRig.transport();
  }

  @AfterEach
  void stop() {
    transport.close();
    rig.close();
  }

  private void use(Transport other) {
    transport.close();
    transport = other;
  }

  private static TransportRules rules(
      int maxIdle, int maxIdlePerHost, int maxPerHost, Optional<ForwardProxy> proxy) {
    return new TransportRules(
        maxIdle,
        maxIdlePerHost,
        RULES.keepAlive(),
        maxPerHost,
        true,
        proxy,
        List.of("direct.test", ".inner.test"),
        RULES.tlsTimeout());
  }

  private ConnectionCounts counts() {
    return transport.connections().values().stream()
        .reduce(ConnectionCounts.NONE, ConnectionCounts::and);
  }

  @Test
  void the_same_key_gives_the_same_client() {
    assertThat(transport.client(rig.destination())).isSameAs(transport.client(rig.destination()));
  }

  @Test
  void three_waves_of_eight_use_eight_connections_at_most() throws Exception {
    for (int wave = 0; wave < 3; wave++) {
      List<RecordedAnswer> answers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        answers.add(rig.ask(transport, "/held"));
      }
      assertThat(rig.arrived.tryAcquire(8, 10, TimeUnit.SECONDS)).isTrue();
      rig.release.release(8);
      for (RecordedAnswer answer : answers) {
        assertThat(answer.text()).isEqualTo("..");
      }
      await().atMost(LIMIT).until(() -> counts().idle() == 8);
    }

    assertThat(rig.ports).hasSizeLessThanOrEqualTo(8);
  }

  @Test
  void a_hundred_streams_all_go_on_and_twenty_connections_stay() throws Exception {
    List<RecordedAnswer> answers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      answers.add(rig.ask(transport, "/held"));
    }

    assertThat(rig.arrived.tryAcquire(100, 10, TimeUnit.SECONDS)).isTrue();
    assertThat(counts().leased()).isEqualTo(100);
    rig.release.release(100);
    for (RecordedAnswer answer : answers) {
      assertThat(answer.text()).isEqualTo("..");
    }

    await().atMost(LIMIT).until(() -> counts().leased() == 0);
    assertThat(counts().idle()).isBetween(1, 20);
  }

  @Test
  void a_cap_of_connections_has_others_wait() throws Exception {
    use(new Transport(rules(200, 20, 2, Optional.empty()), Optional.empty()));
    List<RecordedAnswer> answers = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      answers.add(rig.ask(transport, "/held"));
    }

    assertThat(rig.arrived.tryAcquire(2, 10, TimeUnit.SECONDS)).isTrue();
    assertThat(counts()).isEqualTo(new ConnectionCounts(2, 0, 3));
    rig.release.release(5);
    for (RecordedAnswer answer : answers) {
      assertThat(answer.text()).isEqualTo("..");
    }
    assertThat(rig.ports).hasSize(2);
  }

  @Test
  void changed_limits_count_at_once() throws Exception {
    rig.ask(transport, "/hello").text();
    await().atMost(LIMIT).until(() -> counts().idle() == 1);

    transport.change(before -> rules(0, 0, 0, Optional.empty()));

    await().atMost(LIMIT).until(() -> counts().idle() == 0);
    rig.ask(transport, "/hello").text();
    await().atMost(LIMIT).until(() -> counts().leased() == 0);
    assertThat(counts().idle()).isZero();
  }

  @Test
  void what_was_changed_by_hand_stays_until_the_configuration_changes() {
    transport.change(before -> rules(1, 1, 1, Optional.empty()));

    transport.configure(RULES);
    assertThat(transport.rules().maxIdle()).isEqualTo(1);

    transport.configure(rules(7, 7, 7, Optional.empty()));
    assertThat(transport.rules().maxIdle()).isEqualTo(7);
  }

  @Test
  void another_proxy_or_credential_has_another_pool_and_no_key_tells_a_secret() {
    SharedClient plain = transport.client(rig.destination());
    SharedClient other =
        transport.client(new Destination(rig.address(), Optional.empty(), "acme#12"));
    transport.change(before -> rules(200, 20, 0, Optional.of(proxy("one-s3cret"))));
    SharedClient proxied = transport.client(rig.destination());
    transport.change(before -> rules(200, 20, 0, Optional.of(proxy("two-s3cret"))));
    SharedClient proxiedOtherwise = transport.client(rig.destination());

    assertThat(Set.of(plain, other, proxied, proxiedOtherwise)).hasSize(4);
    assertThat(transport.keys().toString()).doesNotContain("s3cret").contains("proxy.test:3128");
  }

  private static ForwardProxy proxy(String password) {
    return new ForwardProxy("proxy.test", 3128, Optional.of(new Login("us", password)));
  }

  @Test
  void a_client_that_had_to_go_ends_its_exchanges_and_keeps_nothing() throws Exception {
    use(new Transport(RULES, Optional.empty(), 1));
    RecordedAnswer running = rig.ask(transport, "/held");
    assertThat(rig.arrived.tryAcquire(10, TimeUnit.SECONDS)).isTrue();

    transport.client(new Destination(rig.address(), Optional.empty(), "other"));
    rig.release.release();

    assertThat(running.text()).isEqualTo("..");
    await().atMost(LIMIT).until(() -> counts().equals(ConnectionCounts.NONE));
  }

  @Test
  void a_supplied_client_takes_all_and_is_left_as_it_is() throws Exception {
    PoolingAsyncClientConnectionManager pool = new PoolingAsyncClientConnectionManager();
    pool.setMaxTotal(7);
    pool.setDefaultMaxPerRoute(3);
    try (CloseableHttpAsyncClient supplied =
        HttpAsyncClientBuilder.create().setConnectionManager(pool).build()) {
      supplied.start();
      use(new Transport(RULES, Optional.of(supplied)));

      assertThat(rig.ask(transport, "/hello").text()).isEqualTo("hello");
      await().atMost(LIMIT).until(() -> pool.getTotalStats().getAvailable() == 1);
      transport.change(before -> rules(0, 0, 1, Optional.empty()));
      transport.close();

      assertThat(pool.getMaxTotal()).isEqualTo(7);
      assertThat(pool.getDefaultMaxPerRoute()).isEqualTo(3);
      // The connection goes back behind the answer.
      await().atMost(LIMIT).until(() -> pool.getTotalStats().getAvailable() == 1);
      assertThat(transport.keys()).isEmpty();
    }
  }

  @Test
  void the_end_leaves_no_thread_and_no_connection() throws Exception {
    Set<Thread> ofOthers = threads();
    rig.ask(transport, "/hello").text();
    RecordedAnswer running = rig.ask(transport, "/endless");
    running.head();
    Set<Thread> threads = threads();
    threads.removeAll(ofOthers);
    assertThat(threads).isNotEmpty();

    transport.close();

    assertThat(rig.cut.await(10, TimeUnit.SECONDS)).isTrue();
    await().atMost(LIMIT).until(() -> threads.stream().noneMatch(Thread::isAlive));
  }

  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("culvert-http"))
        .collect(Collectors.toSet());
  }
}
