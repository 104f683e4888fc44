package dev.culvert.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.config.ForwardProxy;
import dev.culvert.config.Login;
import dev.culvert.config.TransportRules;
import dev.culvert.config.Upstream;
import dev.culvert.config.UpstreamTls;
import dev.culvert.handshake.Headers;
import dev.culvert.handshake.ProxiedRequest;
import dev.culvert.testkit.CertificateAuthority;
import dev.culvert.testkit.FreePort;
import dev.culvert.testkit.Identity;
import dev.culvert.testkit.ScriptedUpstream;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManager;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Connections that are shared, kept and closed. */
class TransportTest {

  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final TransportRules RULES = TransportRules.DEFAULTS;

  @AutoClose private final TransportRig rig = new TransportRig();
  @AutoClose private Transport transport = TransportRig.transport();

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

  @Test
  void another_tls_identity_has_another_pool() {
    Upstream.Address address = new Upstream.Address("https", "127.0.0.1", 1, "");
    SSLContext context = Identity.anonymous(new CertificateAuthority("tests").certificate());
    List<SharedClient> clients = new ArrayList<>();
    for (UpstreamTls tls :
        List.of(
            new UpstreamTls(context, Optional.empty(), "one"),
            new UpstreamTls(context, Optional.empty(), "two"),
            new UpstreamTls(context, Optional.of("name.test"), "two"))) {
      clients.add(transport.client(new Destination(address, Optional.of(tls), "")));
    }

    assertThat(clients).doesNotHaveDuplicates();
  }

  @Test
  void thirty_two_callers_at_once_share_one_client() throws Exception {
    Set<Thread> ofOthers = threads();
    CyclicBarrier barrier = new CyclicBarrier(32);
    ExecutorService callers = Executors.newFixedThreadPool(32);
    try {
      List<Future<SharedClient>> clients = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        clients.add(
            callers.submit(
                () -> {
                  barrier.await(10, TimeUnit.SECONDS);
                  return transport.client(rig.destination());
                }));
      }
      for (Future<SharedClient> client : clients) {
        assertThat(client.get(10, TimeUnit.SECONDS)).isSameAs(transport.client(rig.destination()));
      }
      // Those of one client: one that distributes and one for each processor.
      Set<Thread> own = threads();
      own.removeAll(ofOthers);
      assertThat(own).hasSizeLessThanOrEqualTo(2 + Runtime.getRuntime().availableProcessors());
    } finally {
      callers.shutdownNow();
    }
  }

  /** Through a proxy that asks for more than it is shown, and to nobody at all. */
  @Test
  void no_secret_is_logged_or_told() throws Exception {
    try (RecordedLog log = RecordedLog.all();
        ScriptedUpstream refusing =
            ScriptedUpstream.answering(
                "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"p\"\r\n"
                    + "Content-Length: 0\r\n\r\n")) {
      int port = TransportRig.to(refusing).address().port();
      transport.change(before -> rules(200, 20, 0, Optional.of(proxy(port, "proxy-s3cret"))));
      RecordedAnswer refused = TransportRig.ask(transport, rig.destination(), "/?key=query-s3cret");
      transport.change(before -> rules(200, 20, 0, Optional.empty()));
      Destination nobody =
          new Destination(
              new Upstream.Address("http", "127.0.0.1", FreePort.find(), ""),
              Optional.empty(),
              "acme#12");
      RecordedAnswer lost =
          RecordedAnswer.of(
              told ->
                  new UpstreamCall(
                      transport,
                      nobody,
                      new ProxiedRequest.Ready(
                          "GET", "up.test", "/", Headers.of("Authorization", "account-s3cret")),
                      Optional.empty(),
                      TransportRig.LIMITS,
                      told));

      assertThat(refused.head().status()).isEqualTo(407);
      assertThat(refusing.nextRequest().first("Proxy-Authorization")).isPresent();
      assertThat(lost.end().orElseThrow().toString()).doesNotContain("s3cret");
      System.getLogger("dev.culvert.http").log(System.Logger.Level.TRACE, "recorded");
      assertThat(log.text()).contains("recorded").doesNotContain("s3cret").doesNotContain(BASIC);
      assertThat(transport.rules().toString()).doesNotContain("s3cret");
    }
  }

  /** {@code us:proxy-s3cret}, as it is shown to the proxy. */
  private static final String BASIC = "dXM6cHJveHktczNjcmV0";

  private static ForwardProxy proxy(String password) {
    return new ForwardProxy("proxy.test", 3128, Optional.of(new Login("us", password)));
  }

  private static ForwardProxy proxy(int port, String password) {
    return new ForwardProxy("127.0.0.1", port, Optional.of(new Login("us", password)));
  }

  @Test
  void a_client_that_had_to_go_ends_its_exchanges_and_keeps_nothing() throws Exception {
    use(new Transport(RULES, Optional.empty(), 1, InetAddress::getAllByName));
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
      RecordedAnswer endless =
          RecordedAnswer.notTaking(
              told ->
                  new UpstreamCall(
                      transport,
                      rig.destination(),
                      TransportRig.get("/endless"),
                      Optional.empty(),
                      TransportRig.LIMITS,
                      told));
      endless.head();
      endless.call().cancel();
      assertThat(rig.cut.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(rig.ask(transport, "/hello").text()).isEqualTo("hello");
      transport.change(before -> rules(0, 0, 1, Optional.empty()));
      transport.close();

      assertThat(pool.getMaxTotal()).isEqualTo(7);
      assertThat(pool.getDefaultMaxPerRoute()).isEqualTo(3);
      // The connection goes back after the answer.
      await().atMost(LIMIT).until(() -> pool.getTotalStats().getAvailable() == 1);
      assertThat(transport.keys()).isEmpty();
    }
  }

  @Test
  void of_a_supplied_client_no_limit_counts_but_its_own() throws Exception {
    PoolingAsyncClientConnectionManager pool = new PoolingAsyncClientConnectionManager();
    pool.setMaxTotal(1000);
    pool.setDefaultMaxPerRoute(1000);
    try (CloseableHttpAsyncClient supplied =
        HttpAsyncClientBuilder.create().setConnectionManager(pool).build()) {
      supplied.start();
      use(new Transport(rules(0, 0, 1, Optional.empty()), Optional.of(supplied)));
      List<RecordedAnswer> answers = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        answers.add(rig.ask(transport, "/held"));
      }

      assertThat(rig.arrived.tryAcquire(40, 10, TimeUnit.SECONDS)).isTrue();
      rig.release.release(40);
      for (RecordedAnswer answer : answers) {
        assertThat(answer.text()).isEqualTo("..");
      }
      await().atMost(LIMIT).until(() -> pool.getTotalStats().getAvailable() == 40);
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
