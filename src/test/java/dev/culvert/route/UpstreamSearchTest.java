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
import dev.culvert.handshake.Refusal;
import dev.culvert.handshake.UpstreamResponse;
import dev.culvert.provider.Ask;
import dev.culvert.provider.CircuitState;
import dev.culvert.provider.ProviderView;
import dev.culvert.provider.lease.StoreKind;
import dev.culvert.route.UpstreamSearch.Found;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The time that upstreams have for a handshake, and searches that end by something else. */
@SuppressWarnings("FutureReturnValueIgnored") // the stub hands it to the code under test
class UpstreamSearchTest {

  private static final Duration HANDSHAKE = Duration.ofSeconds(10);
  private static final Duration LITTLE = Duration.ofMillis(50);

  /** By how much the clock is ahead of the machine's. */
  private final AtomicLong ahead = new AtomicLong();

  private final Map<String, Function<Object[], Object>> host = new HashMap<>();
  private final Map<String, CompletableFuture<Object>> dials = new ConcurrentHashMap<>();
  private final List<String> dialled = new CopyOnWriteArrayList<>();
  private final BookHost leases = new BookHost(stores());
  private final AtomicInteger abandoned = new AtomicInteger();
  private Gateway gateway;
  private UpstreamSearch search;
  private boolean stopped;

  StoreKind stores() {
    return StoreKind.MEMORY;
  }

  /**
   * A search on a route with two upstreams, {@code up} before {@code other}; one failure more than
   * may be retried opens the circuit of the first.
   */
  private void deploy(int retries) {
    host.put("deploy", arguments -> 7L);
    host.put("dial", this::dial);
    host.put("abandon", arguments -> abandoned.incrementAndGet());
    leases.into(host);
    Settings settings =
        TestSettings.of(
            leases.with(
                "culvert.routes.chat.upgrades", "raw",
                "culvert.routes.chat.upstreams", "up, other",
                "culvert.routes.chat.policy", "first",
                "culvert.routes.chat.handshake-timeout", "10s",
                "culvert.routes.chat.retry.count", Integer.toString(retries),
                "culvert.routes.chat.retry.backoff", "60s",
                "culvert.upstreams.up.breaker.failures", Integer.toString(1 + retries),
                "culvert.upstreams.other.url", "ws://other:1"));
    gateway = new Gateway("app", Stub.of(HostBoundary.class, host), settings, () -> settings);
    gateway.begin();
    Route route = settings.routes().get("chat");
    ClientRequest request =
        TestRequests.get(
            "/chat", Headers.of("Host", "here", "Connection", "Upgrade", "Upgrade", "raw"));
    HandshakeRequest asked =
        new HandshakeRequest(
            settings,
            route,
            request,
            ForwardedClient.of(request, List.of()),
            (ClientHandshake.Accepted) ClientHandshake.check(request, route));
    Ask ask = new Ask(Optional.empty(), group -> false, feature -> Optional.empty());
    search =
        new UpstreamSearch(
            gateway,
            asked,
            gateway.providers().attempts(route, ask),
            () -> System.nanoTime() + ahead.get());
  }

  @AfterEach
  void stop() {
    if (!stopped) {
      gateway.stop();
      stopped = true;
    }
  }

  private Object dial(Object[] arguments) {
    List<?> addresses = (List<?>) ((Map<?, ?>) arguments[1]).get("addresses");
    String address = (String) addresses.get(0);
    dialled.add(address);
    return dials.computeIfAbsent(address, unused -> new CompletableFuture<>());
  }

  /** What an upstream answers. */
  private void answering(String address, String outcome, int status, String... headers) {
    dials.put(
        address,
        CompletableFuture.completedFuture(
            Fields.of(
                new DialResult(
                    outcome,
                    0,
                    status,
                    List.of(headers),
                    new byte[0],
                    false,
                    status == 101 ? 42 : 0,
                    ""))));
  }

  /** The same, when only little is left of the time. */
  private void answeringLate(String address, String outcome, int status) {
    leases.whenAsked = provider -> ahead.set(HANDSHAKE.minus(LITTLE).toNanos());
    answering(address, outcome, status);
  }

  private Found found() throws Exception {
    return search.start().get(10, TimeUnit.SECONDS);
  }

  private static int status(Found found) {
    UpstreamResponse response = ((Found.Answered) found).response();
    return response instanceof Refusal refusal
        ? refusal.status()
        : ((UpstreamResponse.Relay) response).status();
  }

  private CircuitState circuit(String provider) {
    return gateway.providers().list().stream()
        .filter(view -> view.name().equals(provider))
        .map(ProviderView::circuit)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aPauseEndsWithTheTime() throws Exception {
    answeringLate("up:1", DialResult.RESPONSE, 500);
    deploy(9);
    gateway.providers().disable("other");

    assertThat(status(found())).isEqualTo(500);
    assertThat(dialled).containsExactly("up:1");
    assertThat(leases.counted()).isEmpty();
  }

  @Test
  void whenTheTimeIsOverNobodyIsDialled() throws Exception {
    leases.whenAsked = provider -> ahead.set(HANDSHAKE.toNanos());
    deploy(0);

    assertThat(status(found())).isEqualTo(504);
    assertThat(dialled).isEmpty();
    assertThat(leases.counted()).isEmpty();
  }

  @Test
  void whenTheTimeIsOverTheClientGetsTheLastAnswer() throws Exception {
    leases.whenAsked = provider -> ahead.set(provider.equals("other") ? HANDSHAKE.toNanos() : 0);
    answering("up:1", DialResult.RESPONSE, 500);
    deploy(0);

    assertThat(status(found())).isEqualTo(500);
    assertThat(dialled).containsExactly("up:1");
    assertThat(leases.counted()).isEmpty();
  }

  @Test
  void silenceForTheWholeTimeIsToBlame() throws Exception {
    answering("up:1", DialResult.TIMEOUT, 0);
    answering("other:1", DialResult.TIMEOUT, 0);
    deploy(0);

    assertThat(status(found())).isEqualTo(504);
    assertThat(circuit("up")).isEqualTo(CircuitState.OPEN);
  }

  @Test
  void silenceForLittleOfTheTimeIsNot() throws Exception {
    answeringLate("up:1", DialResult.TIMEOUT, 0);
    deploy(0);

    assertThat(status(found())).isEqualTo(504);
    assertThat(circuit("up")).isEqualTo(CircuitState.CLOSED);
    assertThat(leases.counted()).isEmpty();
  }

  @Test
  void anErrorEndsTheSearch() throws Exception {
    deploy(0);
    host.put(
        "dial",
        arguments -> {
          throw new LinkageError("no");
        });

    assertThat(status(found())).isEqualTo(500);
    assertThat(leases.counted()).isEmpty();
    assertThat(gateway.providers().list()).allMatch(view -> view.streams() == 0);
  }

  @Test
  void anErrorOfTheLeaseStoreEndsTheSearch() throws Exception {
    leases.whenAsked =
        provider -> {
          throw new LinkageError("no");
        };
    deploy(0);

    assertThat(status(found())).isEqualTo(503);
    assertThat(leases.counted()).isEmpty();
    assertThat(gateway.providers().list()).allMatch(view -> view.streams() == 0);
  }

  @Test
  void aClientThatLeavesEndsTheDial() throws Exception {
    deploy(0);
    CompletableFuture<Found> found = search.start();
    Awaitility.await().until(() -> dialled.size() == 1);
    assertThat(found).isNotDone();
    assertThat(leases.counted()).hasSize(1);

    search.abandon();

    assertThat(found.get(10, TimeUnit.SECONDS)).isEqualTo(new Found.Left());
    assertThat(dials.get("up:1")).isCancelled();
    Awaitility.await().untilAsserted(() -> assertThat(leases.counted()).isEmpty());
    assertThat(circuit("up")).isEqualTo(CircuitState.CLOSED);
    assertThat(dialled).containsExactly("up:1");
  }

  @Test
  void aConnectionThatComesTooLateIsAbandoned() throws Exception {
    dials.put(
        "up:1",
        new CompletableFuture<>() {
          @Override
          public boolean cancel(boolean interrupting) {
            return false;
          }
        });
    deploy(0);
    CompletableFuture<Found> found = search.start();
    Awaitility.await().until(() -> dialled.size() == 1);
    CompletableFuture<Object> dial = dials.get("up:1");

    search.abandon();
    answering("up:1", DialResult.RESPONSE, 101, "Connection", "Upgrade", "Upgrade", "raw");
    dial.complete(dials.get("up:1").join());

    assertThat(found.get(10, TimeUnit.SECONDS)).isEqualTo(new Found.Left());
    Awaitility.await().untilAsserted(() -> assertThat(abandoned).hasValue(1));
    Awaitility.await().untilAsserted(() -> assertThat(leases.counted()).isEmpty());
  }

  @Test
  void aClientThatLeavesInAPauseEndsIt() throws Exception {
    answering("up:1", DialResult.RESPONSE, 500);
    deploy(9);
    gateway.providers().disable("other");
    CompletableFuture<Found> found = search.start();
    Awaitility.await().until(() -> dialled.size() == 1);

    search.abandon();

    assertThat(found.get(5, TimeUnit.SECONDS)).isEqualTo(new Found.Left());
    Awaitility.await().untilAsserted(() -> assertThat(leases.counted()).isEmpty());
    assertThat(dialled).containsExactly("up:1");
  }

  @Test
  void aClientThatLeavesWhileTheStoreIsAskedHoldsNothing() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch mayGoOn = new CountDownLatch(1);
    leases.whenAsked =
        provider -> {
          asked.countDown();
          await(mayGoOn);
        };
    deploy(0);
    CompletableFuture<Found> found =
        CompletableFuture.supplyAsync(() -> search.start().orTimeout(10, TimeUnit.SECONDS).join());
    await(asked);

    search.abandon();
    mayGoOn.countDown();

    assertThat(found.get(10, TimeUnit.SECONDS)).isEqualTo(new Found.Left());
    Awaitility.await()
        .untilAsserted(
            () -> assertThat(gateway.providers().list()).allMatch(view -> view.streams() == 0));
    assertThat(leases.counted()).isEmpty();
    assertThat(dialled).isEmpty();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void whatEveryUpstreamRefusesLeavesNothing() throws Exception {
    answering("up:1", DialResult.RESPONSE, 500);
    answering("other:1", DialResult.RESPONSE, 503);
    deploy(0);

    assertThat(status(found())).isEqualTo(503);
    assertThat(dialled).containsExactly("up:1", "other:1");
    assertThat(leases.counted()).isEmpty();
  }

  @Test
  void whoCannotBeReachedIsPassedOver() throws Exception {
    answering("up:1", DialResult.CONNECT_FAILED, 0);
    answering("other:1", DialResult.BAD_RESPONSE, 0);
    deploy(0);

    assertThat(status(found())).isEqualTo(502);
    assertThat(dialled).containsExactly("up:1", "other:1");
    assertThat(circuit("up")).isEqualTo(CircuitState.OPEN);
    assertThat(leases.counted()).isEmpty();
  }

  @Test
  void whatIsWrongEverywhereLeavesNothing() throws Exception {
    answering("up:1", DialResult.RESPONSE, 400);
    deploy(0);

    assertThat(status(found())).isEqualTo(400);
    assertThat(dialled).containsExactly("up:1");
    assertThat(leases.counted()).isEmpty();
  }

  @Test
  void whoSwitchesKeepsItsLeaseUntilTheReceiverIsDone() throws Exception {
    answering("up:1", DialResult.RESPONSE, 101, "Connection", "Upgrade", "Upgrade", "raw");
    deploy(0);

    Found.Switched switched = (Found.Switched) found();
    assertThat(leases.counted()).containsExactly(switched.attempt().lease());
    switched.attempt().close();

    assertThat(leases.counted()).isEmpty();
  }

  @Test
  void anEndOfTheGatewayLeavesNothing() throws Exception {
    deploy(0);
    CompletableFuture<Found> found = search.start();
    Awaitility.await().until(() -> dialled.size() == 1);
    assertThat(leases.counted()).hasSize(1);
    stop();

    assertThat(leases.counted()).isEmpty();
    assertThat(found).isNotDone();
  }
}
