package dev.culvert.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.config.Settings;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Handshakes on servers that upgrade connections on their own threads only. */
class DispatchSuspensionTest extends TunnelHandshakes {

  private final List<Thread> openers = new CopyOnWriteArrayList<>();
  private final List<Object> outcomes = new CopyOnWriteArrayList<>();
  private final AtomicInteger declined = new AtomicInteger();
  private HttpServletRequest request;

  @BeforeEach
  void serve() {
    host.put("count", given -> outcomes.add(given[2]));
    host.put("decline", given -> declined.incrementAndGet());
    http.put("getQueryString", given -> "c=d");
    request = dispatchable();
  }

  private void begin() {
    begin(ServerUpgrade.opening(this::open), request);
  }

  private void open(HttpServletRequest upgradable) {
    assertThat(upgradable).isSameAs(request);
    openers.add(Thread.currentThread());
    response.asResponse().setStatus(101);
    response.commit();
  }

  private void assertAllGivenBack() {
    assertThat(abandoned).hasValue(1);
    assertThat(leases).isEmpty();
    assertThat(openers).isEmpty();
  }

  @Test
  void what_is_upgraded_is_upgraded_on_a_thread_of_the_server() {
    begin();
    await("dispatch").until(() -> dispatched.size() == 1);
    assertThat(openers).isEmpty();

    dispatch(request);

    assertThat(openers).containsExactly(Thread.currentThread());
    assertThat(abandoned).hasValue(0);
    assertThat(response.status()).isEqualTo(101);
  }

  @Test
  void the_request_keeps_its_path_and_query() {
    begin();

    await("dispatch").until(() -> dispatched.equals(List.of("/chat/a%20b?c=d")));
  }

  @Test
  void a_path_to_which_the_server_does_not_dispatch_is_no_obstacle() {
    dispatching =
        path -> {
          if (path.contains("a%20b")) {
            throw new UnsupportedOperationException(path);
          }
          return dispatched.add(path);
        };

    begin();

    await("dispatch").until(() -> dispatched.equals(List.of("/culvert-upgrade")));
  }

  /** Undertow, where the context path is not ASCII. */
  @Test
  void a_server_that_dispatches_to_no_path_at_all_makes_it_a_fault() throws InterruptedException {
    dispatching =
        path -> {
          throw new IllegalStateException(new IOException("invalid character"));
        };

    begin();
    awaitCompletion();

    assertThat(response.asResponse().getStatus()).isEqualTo(500);
    assertThat(outcomes).contains(Map.of("route", "chat", "outcome", "error"));
    assertAllGivenBack();
  }

  @Test
  void nothing_is_upgraded_twice() {
    begin();
    await("dispatch").until(() -> dispatched.size() == 1);

    dispatch(request);
    dispatch(request);

    assertThat(openers).hasSize(1);
  }

  @Test
  void a_refusal_needs_no_thread_of_the_server() throws InterruptedException {
    host.put("dial", given -> fail("deployment: 7 (expected: one that is deployed)"));

    begin();
    awaitCompletion();

    assertThat(response.status()).isEqualTo(503);
    assertThat(dispatched).isEmpty();
  }

  @Test
  void a_client_that_has_left_is_not_upgraded() {
    begin();
    await("dispatch").until(() -> dispatched.size() == 1);

    listeners.forEach(DispatchSuspensionTest::clientGone);
    dispatch(request);

    assertAllGivenBack();
    assertThat(outcomes).contains(Map.of("route", "chat", "outcome", "client-gone"));
  }

  @Test
  void an_exchange_that_the_server_has_ended_is_not_dispatched() throws InterruptedException {
    dispatching = path -> fail("ended");

    begin();
    awaitCompletion();

    assertAllGivenBack();
    assertThat(outcomes).contains(Map.of("route", "chat", "outcome", "client-gone"));
  }

  @Test
  void a_server_that_does_not_come_back_is_not_waited_for() throws InterruptedException {
    deploy(
        TestSettings.of(
            "culvert.routes.chat.upgrades", "raw",
            "culvert.routes.chat.handshake-timeout", "200ms"));

    begin();
    awaitCompletion();
    dispatch(request);

    assertAllGivenBack();
    assertThat(outcomes).contains(Map.of("route", "chat", "outcome", "unavailable"));
    assertThat(response.asResponse().getStatus()).isEqualTo(503);
    assertThat(response.header("Connection")).as("after it nothing is read").contains("close");
    assertThat(declined).hasValueGreaterThan(0);
  }

  @Test
  void nor_is_it_for_longer_than_the_host_keeps_the_upstream() {
    Settings patient = TestSettings.of("culvert.routes.chat.handshake-timeout", "10m");
    Settings usual = TestSettings.of("culvert.routes.chat.handshake-timeout", "3s");

    assertThat(Suspension.patience(patient.routes().get("chat"))).isEqualTo(Duration.ofSeconds(10));
    assertThat(Suspension.patience(usual.routes().get("chat"))).isEqualTo(Duration.ofSeconds(3));
  }

  private static void clientGone(AsyncListener listener) {
    try {
      listener.onError(null);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
