package dev.culvert.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostsTest {

  private static final String LABEL = "a".repeat(63);

  @ParameterizedTest
  @ValueSource(
      strings = {"a", "a.b", "1a", "a-b.c_d", "_x", "xn--bcher-kva.example", "1.2.3.4", "[::1]"})
  void host(String text) {
    assertThat(Hosts.parse(text)).isEqualTo(text);
  }

  @Test
  void hostIsInLowerCase() {
    assertThat(Hosts.parse("[FD00::A]")).isEqualTo("[fd00::a]");
  }

  @Test
  void labelsHaveUpTo63CharactersAndNamesUpTo253() {
    String longest = String.join(".", LABEL, LABEL, LABEL, LABEL.substring(2));

    assertThat(Hosts.parse(longest)).hasSize(253);
    assertThatThrownBy(() -> Hosts.parse("b" + longest)).isInstanceOf(BadValueException.class);
    assertThatThrownBy(() -> Hosts.parse(LABEL + "a.b")).isInstanceOf(BadValueException.class);
    assertThatThrownBy(() -> Hosts.parse("a" + longest.substring(1) + "b"))
        .isInstanceOf(BadValueException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ".", "*", "*.b", "a.", ".a", "::1", "a:1", "[]", "[::1]:80", "5", "a.5", "é"})
  void noHost(String text) {
    assertThatThrownBy(() -> Hosts.parse(text))
        .isInstanceOf(BadValueException.class)
        .hasMessageStartingWith("expected: a host name");
  }
}
