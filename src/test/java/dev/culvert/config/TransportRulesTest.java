package dev.culvert.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which upstreams are reached through the proxy. */
class TransportRulesTest {

  private static final ForwardProxy PROXY =
      new ForwardProxy("proxy.test", 3128, Optional.of(new Login("us", "sécret:1")));

  private static Optional<ForwardProxy> proxyTo(
      String host, Optional<ForwardProxy> proxy, String... exclusions) {
    TransportRules usual = TransportRules.DEFAULTS;
    TransportRules rules =
        new TransportRules(
            usual.maxIdle(),
            usual.maxIdlePerHost(),
            usual.keepAlive(),
            usual.maxPerHost(),
            usual.http2(),
            proxy,
            List.of(exclusions),
            usual.tlsTimeout());
    return rules.proxyTo(new Upstream.Address("wss", host, 443, ""));
  }

  @ParameterizedTest
  @CsvSource({
    "up.test, up.test, false",
    "up.test, UP.test, false",
    "up.test, .test, false",
    "test, .test, true",
    "cup.test, up.test, true",
    "a.up.test, up.test, true",
    "10.0.0.1, 10.0.0.1, false",
    "10.0.0.11, 10.0.0.1, true",
    "[::1], [::1], false",
    "[::1], ::1, false",
    "[::2], [::1], true"
  })
  void exclusions(String host, String exclusion, boolean proxied) {
    assertThat(proxyTo(host, Optional.of(PROXY), "other.test", exclusion))
        .isEqualTo(proxied ? Optional.of(PROXY) : Optional.empty());
  }

  @Test
  void without_a_proxy_there_is_none() {
    assertThat(proxyTo("up.test", Optional.empty(), "localhost")).isEmpty();
  }

  @Test
  void a_login_is_sent_in_utf_8() {
    assertThat(PROXY.authorization()).contains("Basic dXM6c8OpY3JldDox");
    assertThat(PROXY.authority()).isEqualTo("proxy.test:3128");
    assertThat(PROXY.toString()).doesNotContain("cret");
  }
}
