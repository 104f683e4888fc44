package dev.culvert.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.config.Upstream;
import org.apache.hc.core5.http.ProtocolException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hosts and ports as the library writes them. */
class AuthoritiesTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "up.test",
        "Up.test:8443",
        "up.test:0",
        "10.0.0.1:80",
        "[::1]",
        "[::1]:8443",
        "[::ffff:1.2.3.4]",
        "[::ffff:1.2.3.4]:8443",
        "xn--bcher-kva.test:8443",
        "a..b",
        "%zz",
        "-"
      })
  void what_a_client_may_ask_for_is_written_as_it_was(String host) throws Exception {
    assertThat(Authorities.parse(host)).hasToString(host);
  }

  /** The second label is longer than the library can translate back. */
  @Test
  void what_cannot_be_written_is_refused() {
    String host = "xn--bcher-kva." + "a".repeat(64);

    assertThatThrownBy(() -> Authorities.parse(host)).isInstanceOf(ProtocolException.class);
  }

  @Test
  void the_usual_port_of_an_upstream_is_left_out() {
    assertThat(Authorities.of(new Upstream.Address("http", "[::1]", 80, ""))).hasToString("[::1]");
    assertThat(Authorities.of(new Upstream.Address("http", "up.test", 443, "")))
        .hasToString("up.test:443");
  }
}
