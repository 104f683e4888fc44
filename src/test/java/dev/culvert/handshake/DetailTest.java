package dev.culvert.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DetailTest {

  @Test
  void namesTheHeaderTheValueAndWhatWasExpected() {
    assertThat(Detail.of("Upgrade", "foo", "websocket"))
        .isEqualTo("Upgrade: foo (expected: websocket)");
  }

  @Test
  void controlCharactersAndOtherAlphabetsAreEscaped() {
    assertThat(Detail.of("A", "1\r\n2\u001b[31m\u2028\u00e9", "x"))
        .isEqualTo("A: 1\\u000d\\u000a2\\u001b[31m\\u2028\\u00e9 (expected: x)");
  }

  @Test
  void namesAreEscapedToo() {
    assertThat(Detail.of("A\n", "1", "x")).isEqualTo("A\\u000a: 1 (expected: x)");
  }

  @Test
  void longValuesAreCut() {
    assertThat(Detail.of("A", "b".repeat(5000), "x"))
        .isEqualTo("A: " + "b".repeat(64) + "... (expected: x)");
  }

  @Test
  void severalValuesAreJoinedAndNoneIsSaidSo() {
    assertThat(List.of(Detail.of("A", List.of("1", "2"), "x"), Detail.of("A", List.of(), "x")))
        .containsExactly("A: 1, 2 (expected: x)", "A: absent (expected: x)");
  }

  @Test
  void aRefusalIsOneShortLineWhateverItIsMadeOf() {
    assertThat(Refusal.unavailable("up\nstream\u0000 " + "x".repeat(5000)).detail())
        .matches("[\\x20-\\x7e]{1,600}");
  }
}
