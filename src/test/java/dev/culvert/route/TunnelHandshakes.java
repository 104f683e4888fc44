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
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.InetAddress;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Runs handshakes of tunnels with a host and a server that are scripted. */
@SuppressWarnings("FutureReturnValueIgnored") // the stub hands it to the code under test
abstract class TunnelHandshakes {

  private static final Settings SETTINGS =
      TestSettings.of("culvert.routes.chat.upgrades", "websocket, raw");

  static final String[] TWO_UPSTREAMS = {
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
  static final Headers WEBSOCKET =
      Headers.of(
          "Host", "here",
          "Connection", "Upgrade",
          "Upgrade", "websocket",
          "Sec-WebSocket-Version", "13",
          "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");

  static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

  final Map<String, Function<Object[], Object>> host = new HashMap<>();
  final Map<String, Function<Object[], Object>> http = new HashMap<>();
  RecordedResponse response = new RecordedResponse();
  private final AtomicInteger completions = new AtomicInteger();
  final List<AsyncListener> listeners = new CopyOnWriteArrayList<>();

  /** Where the exchange was dispatched to. */
  final List<String> dispatched = new CopyOnWriteArrayList<>();

  /** What the server does when the exchange is dispatched. */
  Function<String, Object> dispatching = dispatched::add;

  private CountDownLatch completed = new CountDownLatch(1);
  final AtomicInteger abandoned = new AtomicInteger();
  final Set<String> leases = ConcurrentHashMap.newKeySet();
  Headers headers = RAW;
  Optional<String> query = Optional.empty();
  private Settings settings;
  Gateway gateway;

  @BeforeEach
  void prepare() {
    AsyncContext async =
        Stub.of(
            AsyncContext.class,
            Map.of(
                "addListener",
                arguments -> listeners.add((AsyncListener) arguments[0]),
                "dispatch",
                arguments -> dispatching.apply((String) arguments[0]),
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

  void deploy(Settings next) {
    settings = next;
    gateway = new Gateway("app", Stub.of(HostBoundary.class, host), next, () -> next);
  }

  @AfterEach
  void stop() {
    gateway.stop();
  }

  /** Another exchange with the same gateway. */
  void prepareNext() {
    response = new RecordedResponse();
    completions.set(0);
    completed = new CountDownLatch(1);
  }

  /** Upstreams answer by their address. */
  List<String> dialling(Map<String, DialResult> results) {
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

  static DialResult answer(String outcome, int status, String... headers) {
    return new DialResult(outcome, 0, status, List.of(headers), new byte[0], false, 0, "");
  }

  void assertCircuitOfFirst(CircuitState state) {
    assertThat(gateway.providers().list())
        .filteredOn(view -> view.name().equals("up"))
        .extracting(ProviderView::circuit)
        .containsExactly(state);
  }

  static DialResult webSocket(String accept, String... more) {
    List<String> fields = new ArrayList<>();
    fields.addAll(List.of("Connection", "Upgrade", "Upgrade", "websocket"));
    fields.addAll(List.of("Sec-WebSocket-Accept", accept));
    fields.addAll(List.of(more));
    return new DialResult(DialResult.RESPONSE, 0, 101, fields, new byte[0], false, CONNECTION, "");
  }

  void deployTwoThatOneFailureOpens() {
    List<String> keys = new ArrayList<>(List.of(TWO_UPSTREAMS));
    keys.addAll(List.of("culvert.upstreams.up.breaker.failures", "1"));
    deploy(TestSettings.of(keys.toArray(new String[0])));
  }

  void shakeHands() throws InterruptedException {
    begin(new TunnelOpening(gateway), Stub.of(HttpServletRequest.class, http));
    awaitCompletion();
  }

  /** The server's thread comes with the request and returns. */
  void begin(Opening opening, HttpServletRequest asServer) {
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
    try {
      new TunnelHandshake(
              gateway,
              new HandshakeRequest(settings, route, request, client, accepted),
              opening,
              asServer,
              response.asResponse())
          .start();
    } catch (IOException | ServletException e) {
      throw new AssertionError(e);
    }
  }

  /** A request of a server that upgrades connections on its own threads only. */
  HttpServletRequest dispatchable() {
    Map<String, Object> attributes = new HashMap<>();
    http.put("setAttribute", given -> attributes.put((String) given[0], given[1]));
    http.put("getAttribute", given -> attributes.get((String) given[0]));
    http.put("getRequestURI", given -> "/app/chat/a%20b");
    http.put("getContextPath", given -> "/app");
    return Stub.of(HttpServletRequest.class, http);
  }

  /** The server's thread comes once more. */
  static void dispatch(HttpServletRequest request) {
    DispatchSuspension.of(request).orElseThrow().dispatched();
  }

  void awaitCompletion() throws InterruptedException {
    assertThat(completed.await(10, TimeUnit.SECONDS)).as("completed").isTrue();
    assertThat(completions).hasValue(1);
  }

  static Map<String, Object> switched() {
    List<String> headers =
        List.of("Connection", "Upgrade", "Upgrade", "raw", "X-Upstream", "secret");
    return Fields.of(
        new DialResult(DialResult.RESPONSE, 0, 101, headers, new byte[0], false, CONNECTION, ""));
  }

  Object commit(Object[] arguments) {
    response.commit();
    return "stream-" + arguments[3];
  }

  static Object fail(String message) {
    throw new IllegalStateException(message);
  }
}
