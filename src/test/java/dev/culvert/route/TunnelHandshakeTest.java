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
import dev.culvert.provider.CircuitState;
import dev.culvert.provider.ProviderView;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.security.Principal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Handshakes whose end is not the usual one: each exchange is answered and completed once. */
@SuppressWarnings("FutureReturnValueIgnored") // the stub hands it to the code under test
class TunnelHandshakeTest {

  private static final Settings SETTINGS =
      TestSettings.of("culvert.routes.chat.upgrades", "websocket, raw");

  private static final String[] TWO_UPSTREAMS = {
    "culvert.routes.chat.upgrades", "websocket, raw",
    "culvert.routes.chat.upstreams", "up, other",
    "culvert.routes.chat.policy", "first",
    "culvert.routes.chat.retry.count", "0",
    "culvert.upstreams.other.url", "ws://other:1"
  };

  private static final long CONNECTION = 42;

  private static final Headers RAW =
      Headers.of("Host", "here", "Connection", "Upgrade", "Upgrade", "raw");

  /** With the key of RFC 6455 section 1.3. */
  private static final Headers WEBSOCKET =
      Headers.of(
          "Host", "here",
          "Connection", "Upgrade",
          "Upgrade", "websocket",
          "Sec-WebSocket-Version", "13",
          "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");

  private static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

  private final Map<String, Function<Object[], Object>> host = new HashMap<>();
  private final Map<String, Function<Object[], Object>> http = new HashMap<>();
  private RecordedResponse response = new RecordedResponse();
  private final AtomicInteger completions = new AtomicInteger();
  private final List<AsyncListener> listeners = new CopyOnWriteArrayList<>();
  private CountDownLatch completed = new CountDownLatch(1);
  private final AtomicInteger abandoned = new AtomicInteger();
  private final Set<String> leases = ConcurrentHashMap.newKeySet();
  private Headers headers = RAW;
  private Optional<String> query = Optional.empty();
  private Settings settings;
  private Gateway gateway;

  @BeforeEach
  void prepare() {
    AsyncContext async =
        Stub.of(
            AsyncContext.class,
            Map.of(
                "addListener",
                arguments -> listeners.add((AsyncListener) arguments[0]),
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
    host.put("acquireLease", arguments -> leases.add((String) arguments[3]));
    host.put("releaseLease", arguments -> leases.remove((String) arguments[3]));
    deploy(SETTINGS);
  }

  private void deploy(Settings next) {
    settings = next;
    gateway = new Gateway("app", Stub.of(HostBoundary.class, host), next, () -> next);
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

  /** Another exchange with the same gateway. */
  private void prepareNext() {
    response = new RecordedResponse();
    completions.set(0);
    completed = new CountDownLatch(1);
  }

  /** Upstreams answer by their address. */
  private List<String> dialling(Map<String, DialResult> results) {
    List<String> dialled = new CopyOnWriteArrayList<>();
    host.put(
        "dial",
        arguments -> {
          List<?> addresses = (List<?>) ((Map<?, ?>) arguments[1]).get("addresses");
          String address = (String) addresses.get(0);
          dialled.add(address);
          return CompletableFuture.completedFuture(Fields.of(results.get(address)));
        });
    return dialled;
  }

  private static DialResult answer(String outcome, int status, String... headers) {
    return new DialResult(outcome, 0, status, List.of(headers), new byte[0], false, 0, "");
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
  void an_upstream_that_cannot_be_reached_is_followed_by_the_next() throws InterruptedException {
    deploy(TestSettings.of(TWO_UPSTREAMS));
    List<String> dialled =
        dialling(
            Map.of(
                "up:1", answer(DialResult.CONNECT_FAILED, 0),
                "other:1", Fields.to(DialResult.class, switched())));

    shakeHands();

    assertThat(response.status()).isEqualTo(101);
    assertThat(dialled).containsExactly("up:1", "other:1");
    assertThat(leases).as("of the stream").hasSize(1);
  }

  @Test
  void a_server_error_is_followed_by_the_next_and_the_last_answer_is_the_clients()
      throws InterruptedException {
    deploy(TestSettings.of(TWO_UPSTREAMS));
    List<String> dialled =
        dialling(
            Map.of(
                "up:1", answer(DialResult.RESPONSE, 500),
                "other:1", answer(DialResult.RESPONSE, 502, "X-Reason", "mine")));

    shakeHands();

    assertThat(response.status()).isEqualTo(502);
    assertThat(response.header("X-Reason")).contains("mine");
    assertThat(dialled).containsExactly("up:1", "other:1");
    assertThat(leases).isEmpty();
  }

  @Test
  void a_server_error_is_retried_behind_a_pause() throws InterruptedException {
    deploy(
        TestSettings.of(
            "culvert.routes.chat.upgrades", "websocket, raw",
            "culvert.routes.chat.retry.count", "2",
            "culvert.routes.chat.retry.backoff", "1ms"));
    List<String> dialled = dialling(Map.of("up:1", answer(DialResult.RESPONSE, 500)));

    shakeHands();

    assertThat(response.status()).isEqualTo(500);
    assertThat(dialled).containsExactly("up:1", "up:1", "up:1");
    assertThat(leases).isEmpty();
  }

  @Test
  void what_is_the_clients_fault_is_asked_once() throws InterruptedException {
    deploy(TestSettings.of(TWO_UPSTREAMS));
    List<String> dialled = dialling(Map.of("up:1", answer(DialResult.RESPONSE, 401)));

    shakeHands();

    assertThat(response.status()).isEqualTo(401);
    assertThat(dialled).containsExactly("up:1");
    assertThat(leases).isEmpty();
  }

  @Test
  void when_no_upstream_has_room_the_client_is_to_come_again() throws InterruptedException {
    host.put("acquireLease", arguments -> false);

    shakeHands();

    assertThat(response.status()).isEqualTo(503);
    assertThat(response.header("Retry-After")).contains("5");
  }

  @Test
  void when_an_upstream_says_until_when_the_client_is_told() throws InterruptedException {
    deploy(
        TestSettings.of(
            "culvert.routes.chat.upgrades", "websocket, raw",
            "culvert.routes.chat.retry.count", "0"));
    dialling(Map.of("up:1", answer(DialResult.RESPONSE, 503, "Retry-After", "77")));
    shakeHands();
    prepareNext();

    shakeHands();

    assertThat(response.status()).isEqualTo(503);
    assertThat(response.header("Retry-After")).contains("77");
    assertThat(gateway.providers().list()).allMatch(view -> view.streams() == 0);
  }

  @Test
  void a_limit_that_may_be_the_callers_own_lets_nobody_else_wait() throws InterruptedException {
    deploy(TestSettings.of(TWO_UPSTREAMS));
    query = Optional.of("key=his");
    List<String> dialled =
        dialling(
            Map.of(
                "up:1", answer(DialResult.RESPONSE, 429, "Retry-After", "77"),
                "other:1", answer(DialResult.RESPONSE, 401)));

    shakeHands();

    assertThat(response.status()).isEqualTo(401);
    assertThat(dialled).containsExactly("up:1", "other:1");
    assertThat(gateway.providers().list()).allMatch(view -> view.resting().isZero());
  }

  @Test
  void a_credential_of_ours_that_is_refused_is_followed_by_the_next() throws InterruptedException {
    List<String> keys = new ArrayList<>(List.of(TWO_UPSTREAMS));
    keys.addAll(List.of("culvert.routes.chat.headers.request.set.Authorization", "ours"));
    deploy(TestSettings.of(keys.toArray(new String[0])));
    List<String> dialled =
        dialling(
            Map.of(
                "up:1", answer(DialResult.RESPONSE, 401),
                "other:1", Fields.to(DialResult.class, switched())));

    shakeHands();

    assertThat(response.status()).isEqualTo(101);
    assertThat(dialled).containsExactly("up:1", "other:1");
  }

  private void assertCircuitOfFirst(CircuitState state) {
    assertThat(gateway.providers().list())
        .filteredOn(view -> view.name().equals("up"))
        .extracting(ProviderView::circuit)
        .containsExactly(state);
  }

  private static DialResult webSocket(String accept, String... more) {
    List<String> fields = new ArrayList<>();
    fields.addAll(List.of("Connection", "Upgrade", "Upgrade", "websocket"));
    fields.addAll(List.of("Sec-WebSocket-Accept", accept));
    fields.addAll(List.of(more));
    return new DialResult(DialResult.RESPONSE, 0, 101, fields, new byte[0], false, CONNECTION, "");
  }

  private void deployTwoThatOneFailureOpens() {
    List<String> keys = new ArrayList<>(List.of(TWO_UPSTREAMS));
    keys.addAll(List.of("culvert.upstreams.up.breaker.failures", "1"));
    deploy(TestSettings.of(keys.toArray(new String[0])));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions"})
  void an_upstream_that_agrees_to_more_than_was_offered_is_not_to_blame(String field)
      throws InterruptedException {
    deployTwoThatOneFailureOpens();
    headers = WEBSOCKET;
    List<String> dialled = dialling(Map.of("up:1", webSocket(ACCEPT, field, "chat")));

    shakeHands();

    assertThat(response.status()).isEqualTo(502);
    assertThat(dialled).containsExactly("up:1");
    assertThat(abandoned).hasValue(1);
    assertCircuitOfFirst(CircuitState.CLOSED);
  }

  @Test
  void an_upstream_that_does_not_answer_the_key_is() throws InterruptedException {
    deployTwoThatOneFailureOpens();
    headers = WEBSOCKET;
    dialling(
        Map.of(
            "up:1", webSocket("wrong", "Sec-WebSocket-Protocol", "chat"),
            "other:1", webSocket(ACCEPT)));

    shakeHands();

    assertThat(response.status()).isEqualTo(101);
    assertCircuitOfFirst(CircuitState.OPEN);
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

  @Test
  void a_route_that_is_full_asks_nobody_else() throws InterruptedException {
    deploy(TestSettings.of(TWO_UPSTREAMS));
    List<String> dialled = dialling(Map.of("up:1", answer(DialResult.LIMIT, 0)));

    shakeHands();

    assertThat(response.status()).isEqualTo(503);
    assertThat(dialled).containsExactly("up:1");
    assertThat(leases).isEmpty();
  }

  private void shakeHands() throws InterruptedException {
    ClientRequest request =
        new ClientRequest(
            "GET",
            "/chat",
            query,
            "HTTP/1.1",
            "http",
            headers,
            InetAddress.getLoopbackAddress(),
            false);
    Route route = settings.routes().get("chat");
    ForwardedClient client = ForwardedClient.of(request, List.of());
    ClientHandshake.Accepted accepted =
        (ClientHandshake.Accepted) ClientHandshake.check(request, route);
    new TunnelHandshake(
            gateway,
            new HandshakeRequest(settings, route, request, client, accepted),
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
