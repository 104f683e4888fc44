package dev.culvert.route;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.boundary.DialResult;
import dev.culvert.boundary.Fields;
import dev.culvert.boundary.HostBoundary;
import dev.culvert.config.Settings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the host is asked, and what its answers mean. */
@SuppressWarnings("FutureReturnValueIgnored") // the stub hands it to the code under test
class HostProberTest {

  private static final Settings SETTINGS =
      TestSettings.of(
          "culvert.upstreams.up.url", "ws://up:1/api, ws://up:2/api",
          "culvert.upstreams.up.health.path", "/live",
          "culvert.upstreams.up.health.timeout", "700ms");

  private final Map<String, Function<Object[], Object>> host = new HashMap<>();
  private final List<Map<?, ?>> dials = new ArrayList<>();
  private final List<Object> abandoned = new ArrayList<>();
  private Settings settings = SETTINGS;
  private Gateway gateway;

  @AfterEach
  void stop() {
    gateway.stop();
  }

  private Gateway begin() {
    gateway = new Gateway("app", Stub.of(HostBoundary.class, host), settings, () -> settings);
    return gateway;
  }

  private Optional<String> probe(String outcome, int status, long connection) throws Exception {
    DialResult result =
        new DialResult(outcome, 0, status, List.of(), new byte[0], false, connection, "why");
    host.put("abandon", arguments -> abandoned.add(arguments[0]));
    host.put(
        "dial",
        arguments -> {
          dials.add((Map<?, ?>) arguments[1]);
          return CompletableFuture.completedFuture(Fields.of(result));
        });
    return new HostProber(begin())
        .probe(settings.upstreams().get("up"))
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  @Test
  void all_addresses_are_asked_in_the_time_of_a_check() throws Exception {
    assertThat(probe(DialResult.RESPONSE, 204, 0)).isEmpty();

    assertThat(dials).hasSize(1);
    assertThat(dials.get(0).get("addresses")).isEqualTo(List.of("up:1", "up:2"));
    assertThat(dials.get(0).get("handshakeTimeoutMillis")).isEqualTo(700L);
    assertThat(dials.get(0).get("connectTimeoutMillis")).isEqualTo(700L);
    assertThat(dials.get(0).get("maxStreams")).as("they are no streams").isEqualTo(0);
    byte[] head = (byte[]) ((List<?>) dials.get(0).get("heads")).get(1);
    assertThat(new String(head, ISO_8859_1)).startsWith("GET /api/live HTTP/1.1\r\nHost: up:2\r\n");
  }

  @Test
  void they_are_asked_through_the_proxy_unless_it_is_not_for_them() throws Exception {
    settings =
        TestSettings.of(
            "culvert.upstreams.up.url", "ws://up:1, ws://near:2",
            "culvert.transport.proxy", "http://us:pw@proxy:3128",
            "culvert.transport.no-proxy", "near");

    assertThat(probe(DialResult.RESPONSE, 204, 0)).isEmpty();

    Map<String, Object> proxy = Map.of("address", "proxy:3128", "authorization", "Basic dXM6cHc=");
    assertThat(dials.get(0).get("proxies")).isEqualTo(List.of(proxy, Map.of()));
  }

  @Test
  void a_connection_that_nobody_wants_is_given_back() throws Exception {
    assertThat(probe(DialResult.RESPONSE, 101, 42)).isEmpty();

    assertThat(abandoned).containsExactly(42L);
  }

  @Test
  void whatever_else_comes_is_wrong() throws Exception {
    assertThat(probe(DialResult.RESPONSE, 503, 0))
        .contains("status: 503 (expected: 101 or 200 to 299)");
    assertThat(probe(DialResult.CONNECT_FAILED, 0, 0)).contains("connect-failed: why");
  }

  @Test
  void after_the_end_of_the_deployment_there_is_no_answer() {
    host.put(
        "dial",
        arguments -> {
          throw new IllegalStateException("deployment: 0 (expected: one that is deployed)");
        });

    assertThat(new HostProber(begin()).probe(settings.upstreams().get("up")).toCompletableFuture())
        .isCompletedExceptionally();
  }
}
