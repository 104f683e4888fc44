package dev.culvert.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.boundary.HostBoundary;
import dev.culvert.config.Settings;
import dev.culvert.handshake.Headers;
import dev.culvert.relay.Relays;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How requests without an answer are counted and logged. */
class HttpReportTest {

  private static final Settings SETTINGS =
      TestSettings.of(
          "culvert.upstreams.up.url", "http://up:1",
          "culvert.routes.chat.mode", "http",
          "culvert.routes.chat.roles", "teller");

  private final List<String> counted = Collections.synchronizedList(new ArrayList<>());
  private final LoggedLines logged = new LoggedLines("dev.culvert");
  private Gateway gateway;

  @BeforeEach
  void begin() {
    Map<String, Function<Object[], Object>> host = new HashMap<>();
    host.put("deploy", arguments -> 7L);
    host.put("count", arguments -> counted.add(arguments[1] + " " + arguments[2]));
    gateway = new Gateway("app", Stub.of(HostBoundary.class, host), SETTINGS, () -> SETTINGS);
  }

  @AfterEach
  void stop() {
    logged.close();
    gateway.stop();
  }

  @Test
  void aCallerWhoMayNotUseTheRouteIsARequestAndNoHandshake() throws Exception {
    refuse("/chat/a?token=secret");

    assertThat(counted).containsExactly("culvert_http_requests_total {route=chat, status=4xx}");
    assertThat(logged.all())
        .containsExactly(
            "INFO CULVERT-W001 no answer: route=chat upstream=none client=127.0.0.1 method=GET"
                + " path=/chat/a status=401 detail=user: none (expected: one) before=0");
  }

  @Test
  void ofManyAlikeOneIsLoggedAndAllAreCounted() throws Exception {
    for (int i = 0; i < 20; i++) {
      refuse("/chat/" + i);
    }

    assertThat(counted).hasSize(20);
    assertThat(logged.all()).hasSize(1);
  }

  @Test
  void aConnectionOnWhichATunnelWasAskedForCloses() throws Exception {
    assertThat(refuse("CONNECT", "/chat/a").header("Connection")).hasValue("close");
    assertThat(refuse("GET", "/chat/a").header("Connection")).isEmpty();
  }

  private void refuse(String target) throws Exception {
    RecordedResponse unused = refuse("GET", target);
  }

  private RecordedResponse refuse(String method, String target) throws Exception {
    String path = target.replaceFirst("\\?.*", "");
    Map<String, Function<Object[], Object>> http = ServedRequests.of(method, path, Headers.NONE);
    http.put("getQueryString", arguments -> "token=secret");
    RecordedResponse response = new RecordedResponse();
    new TunnelFilter(gateway, Optional.empty(), new Relays())
        .doFilter(Stub.of(HttpServletRequest.class, http), response.asResponse(), null);
    return response;
  }
}
