package dev.culvert.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathPatternTest {

  @ParameterizedTest
  @CsvSource({
    "/chat, /chat, true",
    "/chat, /chat/, false",
    "/chat, /chat/x, false",
    "/chat/, /chat/, true",
    "/chat/*, /chat, true",
    "/chat/*, /chat/, true",
    "/chat/*, /chat/x/y, true",
    "/chat/*, /chatter, false",
    "/*, /, true",
    "/*, /x, true",
    "/, /, true",
    "/, /x, false",
    "/a b/ü, /a b/ü, true",
  })
  void matches(String pattern, String path, boolean matches) {
    assertThat(new PathPattern(pattern).matches(path)).isEqualTo(matches);
  }

  @Test
  void longerPatternsComeFirstAndExactOnesBeforePrefixes() {
    assertThat(Stream.of("/*", "/", "/a/*", "/a", "/a/b/*", "/b/*").map(PathPattern::new).sorted())
        .extracting(PathPattern::pattern)
        .isEqualTo(List.of("/a/b/*", "/a", "/a/*", "/b/*", "/", "/*"));
  }

  @ParameterizedTest
  @CsvSource({
    "/a, /a/*, -1",
    "/a/*, /a, 1",
    "/a, /b, -1",
    "/a/*, /b, 1",
    "/bb, /a, -1",
    "/bb/*, /a, -1",
    "/a, /a, 0",
    "/a/*, /a/*, 0",
  })
  void order(String one, String other, int sign) {
    assertThat(Integer.signum(new PathPattern(one).compareTo(new PathPattern(other))))
        .isEqualTo(sign);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "chat",
        "*",
        "*.ws",
        "/chat*",
        "/*/x",
        "/a/*/*",
        "/a//b",
        "//",
        "//*",
        "/a/../b",
        "/a/./*",
        "/a?b",
        "/a#b",
        "/a;b",
        "/a%20b",
        "/a\\b",
        "/a\nb",
        "/a\u0085b"
      })
  void noPattern(String pattern) {
    assertThatThrownBy(() -> new PathPattern(pattern))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("expected: /exact, /prefix/* or /*");
  }
}
