package dev.culvert.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Host and port as clients write them. */
class AuthorityTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "example.test",
        "EXAMPLE",
        "a-b_c~d%20",
        "192.0.2.1",
        "[::]",
        "[2001:db8::192.0.2.1]",
        "[1111:2222:3333:4444:5555:6666:255.255.255.255]"
      })
  void a_host_needs_no_port(String host) {
    assertThat(Authority.parse(host)).contains(new Authority(host, OptionalInt.empty()));
    assertThat(Authority.parse(host + ":")).contains(new Authority(host, OptionalInt.empty()));
  }

  @ParameterizedTest
  @CsvSource({
    "example.test:80, example.test, 80",
    "h:0, h, 0",
    "h:00080, h, 80",
    "[::1]:65535, [::1], 65535"
  })
  void a_port_is_a_number_after_a_colon(String text, String host, int port) {
    assertThat(Authority.parse(text)).contains(new Authority(host, OptionalInt.of(port)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":80",
        "h:65536",
        "h:000080",
        "h:8a",
        "h:-1",
        "h:80:80",
        "h h",
        "user@h",
        "h/",
        "h,i",
        "h\"",
        "h\u00e9",
        "h\u0661",
        "h:\u0661",
        "[]",
        "[:]",
        "[::1",
        "[::1]h",
        "[::g]",
        "[::1%25eth0]",
        "[11111:2222:3333:4444:5555:6666:255.255.255.255]"
      })
  void nothing_else_is_one(String text) {
    assertThat(Authority.parse(text)).isEmpty();
  }

  @Test
  void a_name_has_255_characters_at_most() {
    assertThat(Authority.parse("a".repeat(255) + ":1")).isPresent();
    assertThat(Authority.parse("a".repeat(256))).isEmpty();
  }
}
