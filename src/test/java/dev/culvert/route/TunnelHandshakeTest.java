package dev.culvert.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.boundary.DialResult;
import dev.culvert.boundary.Fields;
import dev.culvert.boundary.HostBoundary;
import dev.culvert.config.Route;
import dev.culvert.config.Settings;
import dev.culvert.handshake.ClientHandshake;
import dev.culvert.handshake.ClientRequest;
import dev.culvert.handshake.ForwardedClient;
import dev.culvert.handshake.Headers;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.net.InetAddress;
import java.security.Principal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Handshakes whose end is not the usual one: each exchange is answered and completed once. */
@SuppressWarnings("FutureReturnValueIgnored") // the stub hands it to the code under test
class TunnelHandshakeTest {

  private static final Settings SETTINGS =
      TestSettings.of("culvert.routes.chat.upgrades", "websocket, raw");
  private static final long CONNECTION = 42;

  private final Map<String, Function<Object[], Object>> host = new HashMap<>();
  private final Map<String, Function<Object[], Object>> http = new HashMap<>();
  private final RecordedResponse response = new RecordedResponse();
  private final AtomicInteger completions = new AtomicInteger();
  private final CountDownLatch completed = new CountDownLatch(1);
  private final AtomicInteger abandoned = new AtomicInteger();
  private Gateway gateway;

  @BeforeEach
  void prepare() {
    AsyncContext async =
        Stub.of(
            AsyncContext.class,
            Map.of(
                "complete",
                arguments -> {
                  int count = completions.incrementAndGet();
                  completed.countDown();
                  return count;
                }));
    http.put("startAsync", arguments -> async);
    http.put(
        "getAsyncContext",
        arguments -> {
          throw new IllegalStateException("the server's thread has returned");
        });
    http.put("getHeader", arguments -> arguments[0].equals("Upgrade") ? "raw" : null);
    host.put("deploy", arguments -> 7L);
    host.put("abandon", arguments -> abandoned.incrementAndGet());
    host.put("dial", arguments -> CompletableFuture.completedFuture(switched()));
    host.put("open", this::commit);
    gateway = new Gateway("app", Stub.of(HostBoundary.class, host), SETTINGS, () -> SETTINGS);
  }

  @AfterEach
  void stop() {
    gateway.stop();
  }

  @Test
  void a_stream_that_opens_is_told_with_a_101() throws InterruptedException {
    shakeHands();

    assertThat(response.status()).isEqualTo(101);
    assertThat(response.header("Upgrade")).contains("raw");
    assertThat(abandoned).hasValue(0);
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

  private void shakeHands() throws InterruptedException {
    ClientRequest request =
        new ClientRequest(
            "GET",
            "/chat",
            Optional.empty(),
            "HTTP/1.1",
            "http",
            Headers.of("Host", "here", "Connection", "Upgrade", "Upgrade", "raw"),
            InetAddress.getLoopbackAddress(),
            false);
    Route route = SETTINGS.routes().get("chat");
    ForwardedClient client = ForwardedClient.of(request, List.of());
    ClientHandshake.Accepted accepted =
        (ClientHandshake.Accepted) ClientHandshake.check(request, route);
    Candidates.Found candidates =
        (Candidates.Found) Candidates.of(SETTINGS, route, request, accepted.token(), client);
    new TunnelHandshake(
            gateway,
            SETTINGS,
            route,
            request,
            client,
            accepted,
            candidates,
            new TunnelOpening(gateway),
            Stub.of(HttpServletRequest.class, http),
            response.asResponse())
        .start();
    assertThat(completed.await(10, TimeUnit.SECONDS)).as("completed").isTrue();
    assertThat(completions).hasValue(1);
  }

  private static Map<String, Object> switched() {
    List<String> headers =
        List.of("Connection", "Upgrade", "Upgrade", "raw", "X-Upstream", "secret");
    return Fields.of(
        new DialResult(DialResult.RESPONSE, 0, 101, headers, new byte[0], false, CONNECTION, ""));
  }

  private Object commit(Object[] arguments) {
    response.commit();
    return "stream-" + arguments[3];
  }

  private static Object fail(String message) {
    throw new IllegalStateException(message);
  }
}
