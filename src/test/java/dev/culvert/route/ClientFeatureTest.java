package dev.culvert.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.boundary.HostBoundary;
import dev.culvert.config.Settings;
import dev.culvert.handshake.Headers;
import dev.culvert.relay.Relays;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests that are told apart by their client, who is whom the proxy on this machine names if it
 * is trusted. All upstreams are full.
 */
class ClientFeatureTest {

  private static final int MANY = 32;

  /** A place for a session at an upstream. */
  private record Wanted(String upstream, String session) {}

  private final List<Wanted> wanted = new CopyOnWriteArrayList<>();
  private Gateway gateway;

  @AfterEach
  void stop() {
    gateway.stop();
  }

  private void deploy(String mode, String... more) {
    List<String> all = new ArrayList<>();
    all.addAll(List.of("culvert.routes.chat.mode", mode));
    all.addAll(List.of("culvert.routes.chat.upstreams", "up, other"));
    all.addAll(List.of("culvert.upstreams.other.url", "ws://other:1"));
    all.addAll(List.of(more));
    Settings settings = TestSettings.of(all.toArray(String[]::new));
    Map<String, Function<Object[], Object>> host = new HashMap<>();
    host.put("setWriteListener", Stub::run);
    host.put("complete", Stub::run);
    host.put("deploy", arguments -> 7L);
    host.put(
        "acquireLease",
        arguments -> !wanted.add(new Wanted((String) arguments[1], (String) arguments[2])));
    gateway = new Gateway("app", Stub.of(HostBoundary.class, host), settings, () -> settings);
  }

  private static Headers headers(String mode) {
    return mode.equals("tunnel") ? TunnelHandshakes.WEBSOCKET : Headers.of("Host", "here");
  }

  /** What a request first wants that comes through the proxy from this address. */
  private Wanted ask(String mode, String from) throws Exception {
    wanted.clear();
    CountDownLatch completed = new CountDownLatch(1);
    HttpServletResponse response = new RecordedResponse().asResponse();
    Map<String, Function<Object[], Object>> http =
        ServedRequests.of("GET", "/chat/a", headers(mode).with("X-Forwarded-For", from));
    Map<String, Function<Object[], Object>> async = new HashMap<>();
    async.put("getRequest", arguments -> Stub.of(HttpServletRequest.class, http));
    async.put("getResponse", arguments -> response);
    async.put(
        "complete",
        arguments -> {
          completed.countDown();
          return null;
        });
    http.put("startAsync", arguments -> Stub.of(AsyncContext.class, async));
    http.put(
        "getAsyncContext", arguments -> TunnelHandshakes.fail("the server's thread has returned"));
    new TunnelFilter(gateway, Optional.empty(), new Relays())
        .doFilter(Stub.of(HttpServletRequest.class, http), response, null);
    assertThat(completed.await(10, TimeUnit.SECONDS)).isTrue();
    return wanted.get(0);
  }

  private List<String> askFromMany(String mode, Function<Wanted, String> seen) throws Exception {
    List<String> all = new ArrayList<>();
    for (int i = 1; i <= MANY; i++) {
      all.add(seen.apply(ask(mode, "192.0.2." + i)));
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(strings = {"tunnel", "http"})
  void each_client_is_a_session(String mode) throws Exception {
    deploy(mode, "culvert.routes.chat.session", "client", "culvert.trusted-proxies", "127.0.0.1");

    List<String> sessions = askFromMany(mode, Wanted::session);
    assertThat(sessions).doesNotHaveDuplicates();
    assertThat(askFromMany(mode, Wanted::session)).isEqualTo(sessions);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tunnel", "http"})
  void a_proxy_that_is_not_trusted_is_one_client(String mode) throws Exception {
    deploy(mode, "culvert.routes.chat.session", "client");

    assertThat(askFromMany(mode, Wanted::session).stream().distinct()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tunnel", "http"})
  void each_client_has_its_upstream(String mode) throws Exception {
    deploy(
        mode, "culvert.routes.chat.policy", "hash:client", "culvert.trusted-proxies", "127.0.0.1");

    List<String> upstreams = askFromMany(mode, Wanted::upstream);
    assertThat(upstreams).contains("up", "other");
    assertThat(askFromMany(mode, Wanted::upstream)).isEqualTo(upstreams);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tunnel", "http"})
  void whoever_comes_through_a_proxy_that_is_not_trusted_has_the_same(String mode)
      throws Exception {
    deploy(mode, "culvert.routes.chat.policy", "hash:client");

    assertThat(askFromMany(mode, Wanted::upstream).stream().distinct()).hasSize(1);
  }
}
