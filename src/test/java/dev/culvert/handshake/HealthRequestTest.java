package dev.culvert.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.config.HealthRules;
import dev.culvert.config.Upstream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HealthRequestTest {

  private static String head(String scheme, int port, String path, Optional<String> asked) {
    Upstream plain = Routes.upstream(scheme, "up.test", port, path);
    HealthRules rules = new HealthRules(asked, Duration.ofSeconds(1), Duration.ofSeconds(1), 1, 1);
    Upstream upstream =
        new Upstream(
            plain.name(),
            plain.addresses(),
            plain.tls(),
            true,
            plain.accounts(),
            0,
            1,
            plain.groups(),
            0,
            0,
            rules,
            plain.breaker());
    return new String(
        HealthRequest.head(upstream, upstream.addresses().get(0)), StandardCharsets.ISO_8859_1);
  }

  @Test
  void httpIsAskedForThePathBelowTheAddress() {
    assertThat(head("http", 8080, "/api", Optional.of("/health?deep=1")))
        .startsWith("GET /api/health?deep=1 HTTP/1.1\r\nHost: up.test:8080\r\n")
        .contains("\r\nConnection: close\r\n")
        .endsWith("\r\n\r\n");
  }

  @Test
  void withoutAPathTheAddressHasOne() {
    assertThat(head("https", 443, "/api", Optional.empty()))
        .startsWith("GET /api HTTP/1.1\r\nHost: up.test\r\n");
    assertThat(head("http", 80, "", Optional.empty())).startsWith("GET / HTTP/1.1\r\n");
  }

  @Test
  void webSocketsAreAskedForAHandshake() {
    assertThat(head("wss", 443, "/chat", Optional.empty()))
        .startsWith("GET /chat HTTP/1.1\r\n")
        .contains("\r\nUpgrade: websocket\r\n")
        .contains("\r\nConnection: Upgrade\r\n")
        .contains("\r\nSec-WebSocket-Version: 13\r\n")
        .containsPattern("\r\nSec-WebSocket-Key: [A-Za-z0-9+/]{22}==\r\n");
  }

  @Test
  void whoAnswersWellIsWell() {
    assertThat(HealthRequest.isPassed(101)).isTrue();
    assertThat(HealthRequest.isPassed(204)).isTrue();
    assertThat(HealthRequest.isPassed(302)).isFalse();
    assertThat(HealthRequest.isPassed(503)).isFalse();
  }
}
