package dev.culvert.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.provider.CircuitState;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Handshakes whose end is not the usual one: each exchange is answered and completed once. */
@SuppressWarnings("FutureReturnValueIgnored") // the stub hands it to the code under test
class TunnelHandshakeTest extends TunnelHandshakes {

  @Test
  void a_stream_that_opens_is_told_with_a_101() throws InterruptedException {
    shakeHands();

    assertThat(response.status()).isEqualTo(101);
    assertThat(response.header("Upgrade")).contains("raw");
    assertThat(abandoned).hasValue(0);
  }

  @Test
  void a_stream_that_opens_has_the_lease() throws InterruptedException {
    List<Object> named = new ArrayList<>();
    host.put(
        "open",
        arguments -> {
          named.add(((Map<?, ?>) arguments[4]).get("lease"));
          return commit(arguments);
        });

    shakeHands();

    assertThat(leases).hasSize(1).isEqualTo(Set.copyOf(named));
  }

  @Test
  void a_deployment_that_ends_before_the_dial_answers_503() throws InterruptedException {
    host.put("dial", arguments -> fail("deployment: 7 (expected: one that is deployed)"));

    shakeHands();

    assertThat(response.status()).isEqualTo(503);
  }

  @Test
  void an_upstream_connection_that_is_gone_before_the_101_answers_503()
      throws InterruptedException {
    host.put("open", arguments -> fail("upstream connection is gone"));

    shakeHands();

    assertThat(response.status()).isEqualTo(503);
    assertThat(response.header("Upgrade")).isEmpty();
    assertThat(response.header("X-Upstream")).isEmpty();
  }

  @Test
  void a_client_that_is_gone_at_the_101_gets_no_second_answer() throws InterruptedException {
    host.put(
        "open",
        arguments -> {
          Object unused = commit(arguments);
          return fail("client is gone");
        });

    shakeHands();

    assertThat(response.status()).isEqualTo(101);
    assertThat(response.bodyLength()).isZero();
  }

  @Test
  void a_fault_answers_500() throws InterruptedException {
    host.put("dial", arguments -> CompletableFuture.completedFuture(Map.of()));

    shakeHands();

    assertThat(response.status()).isEqualTo(500);
  }

  @Test
  void an_error_after_the_upstreams_101_answers_500_and_lets_all_go() throws InterruptedException {
    host.put(
        "open",
        arguments -> {
          throw new NoClassDefFoundError("of the server");
        });

    shakeHands();

    assertThat(response.status()).isEqualTo(500);
    assertThat(response.header("Upgrade")).isEmpty();
    assertThat(abandoned).hasValue(1);
    assertThat(leases).isEmpty();
  }

  @Test
  void a_session_that_ends_as_it_is_looked_at_opens_no_stream() throws InterruptedException {
    AtomicInteger looks = new AtomicInteger();
    HttpSession session =
        Stub.of(
            HttpSession.class,
            Map.of(
                "getId",
                arguments -> looks.getAndIncrement() == 0 ? "id" : fail("ended"),
                "getAttribute",
                arguments -> looks.get() == 0 ? null : fail("ended")));
    Principal alice = Stub.of(Principal.class, Map.of("getName", arguments -> "alice"));
    http.put("getUserPrincipal", arguments -> alice);
    http.put("getSession", arguments -> session);

    shakeHands();

    assertThat(response.status()).isEqualTo(403);
    assertThat(abandoned).hasValue(1);
    assertThat(leases).isEmpty();
  }

  @Test
  void a_session_that_ends_during_the_handshake_opens_no_stream() throws InterruptedException {
    HttpSession session = Stub.of(HttpSession.class, Map.of("getId", arguments -> "id"));
    Principal alice = Stub.of(Principal.class, Map.of("getName", arguments -> "alice"));
    http.put("getUserPrincipal", arguments -> alice);
    http.put("getSession", arguments -> session);
    host.put(
        "dial",
        arguments -> {
          http.remove("getSession");
          return CompletableFuture.completedFuture(switched());
        });

    shakeHands();

    assertThat(response.status()).isEqualTo(403);
    assertThat(abandoned).hasValue(1);
  }

  @ParameterizedTest
  @CsvSource({"chat, 101", "other, 503"})
  void an_upstream_is_for_callers_of_its_groups(String role, int status)
      throws InterruptedException {
    deploy(
        TestSettings.of(
            "culvert.routes.chat.upgrades", "raw",
            "culvert.routes.chat.roles", "**",
            "culvert.upstreams.up.groups", "chat"));
    http.put("isUserInRole", asked -> asked[0].equals(role));

    shakeHands();

    assertThat(response.status()).isEqualTo(status);
  }

  @Test
  void the_host_is_told_through_which_proxy_to_dial() throws InterruptedException {
    deploy(
        TestSettings.of(
            "culvert.routes.chat.upgrades", "raw",
            "culvert.transport.proxy", "http://us:pw@proxy:3128"));
    List<Object> proxies = new CopyOnWriteArrayList<>();
    host.put(
        "dial",
        arguments -> {
          proxies.add(((Map<?, ?>) arguments[1]).get("proxies"));
          return CompletableFuture.completedFuture(switched());
        });

    shakeHands();

    assertThat(proxies)
        .containsExactly(
            List.of(Map.of("address", "proxy:3128", "authorization", "Basic dXM6cHc=")));
  }

  @Test
  void answers_are_written_by_threads_that_no_stream_waits_for() throws InterruptedException {
    List<String> writers = new CopyOnWriteArrayList<>();
    host.put("decline", arguments -> writers.add(Thread.currentThread().getName()));
    headers = WEBSOCKET;
    dialling(Map.of("up:1", webSocket("wrong")));

    shakeHands();

    assertThat(response.status()).isEqualTo(502);
    assertThat(writers).singleElement().asString().startsWith("culvert-answer");
  }

  @Test
  void a_client_that_leaves_ends_the_handshake() throws InterruptedException {
    List<Object> outcomes = new CopyOnWriteArrayList<>();
    CompletableFuture<Object> dialling = new CompletableFuture<>();
    host.put("count", arguments -> outcomes.add(arguments[2]));
    host.put(
        "dial",
        arguments -> {
          listeners.forEach(TunnelHandshakeTest::clientGone);
          return dialling;
        });
    deployTwoThatOneFailureOpens();

    shakeHands();

    assertThat(dialling).isCancelled();
    assertThat(outcomes).contains(Map.of("route", "chat", "outcome", "client-gone"));
    Awaitility.await().untilAsserted(() -> assertThat(leases).isEmpty());
    assertCircuitOfFirst(CircuitState.CLOSED);
    assertThat(response.bodyLength()).isZero();
  }

  private static void clientGone(AsyncListener listener) {
    try {
      listener.onError(null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
