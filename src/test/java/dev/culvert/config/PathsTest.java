package dev.culvert.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/x",
        "{path}",
        "/v1{path}",
        "{path}?{query}",
        "/x?from={path}&{query}",
        "/a%20b?c=%2F"
      })
  void rewrite(String template) {
    assertThat(Paths.rewrite(template)).isEqualTo(template);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "{query}",
        "/v2/{query}",
        "/v2{query}?{query}",
        "http://a/",
        "/{host}",
        "/{Path}",
        "/{path",
        "/path}",
        "/{pa{query}th}",
        "/%{path}41",
        "/%",
        "/a b",
        "/a\r\nX: y",
        "/%0a",
        "/a#b",
        "/é"
      })
  void noRewrite(String template) {
    assertThatThrownBy(() -> Paths.rewrite(template))
        .isInstanceOf(BadValueException.class)
        .hasMessageStartingWith("expected: a path that begins with / or {path}");
  }
}
