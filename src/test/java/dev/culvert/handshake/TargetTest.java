package dev.culvert.handshake;

import static dev.culvert.handshake.Requests.webSocket;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/a/b   | ''   | /a/b",
        "''     | ''   | /",
        "''     | /api | /api",
        "/      | /api | /api/",
        "/a     | /api | /api/a",
        "//a//b | ''   | //a//b"
      })
  void withoutTemplateThePathIsUnchangedAfterThePrefix(
      String path, String prefix, String expected) {
    assertThat(Target.of(webSocket().path(path).request(), Optional.empty(), prefix))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"a=1&b, /chat/room?a=1&b", "'', /chat/room?", "a?b, /chat/room?a?b"})
  void theQueryIsUnchanged(String query, String expected) {
    assertThat(Target.of(webSocket().query(query).request(), Optional.empty(), ""))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/%0D%0AX:%20y", "/a%2Fb", "/a%252e%252e/b", "/%zz", "/a;b=c", "/...", "/.x"})
  void nothingIsDecoded(String path) {
    ClientRequest request = webSocket().path(path).query(path).request();

    assertThat(Target.fault(request)).isEmpty();
    assertThat(Target.of(request, Optional.empty(), "")).isEqualTo(path + "?" + path);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/x               | a=1 | /p/x",
        "{path}           | a=1 | /p/chat/room",
        "/x{path}?{query} | a=1 | /p/x/chat/room?a=1",
        "/x?k=1&{query}   | a=1 | /p/x?k=1&a=1",
        "/x?{query}&k=1   | a=1 | /p/x?a=1&k=1",
        "/x?p={path}      | a=1 | /p/x?p=/chat/room",
        "?{query}         | a=1 | /p?a=1",
        "x                | a=1 | /p/x",
        "/{other}         | a=1 | /p/{other}"
      })
  void theTemplateIsFilled(String template, String query, String expected) {
    assertThat(Target.of(webSocket().query(query).request(), Optional.of(template), "/p"))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{path}?{query}     | /chat/room",
        "{path}?k=1&{query} | /chat/room?k=1",
        "/x?{query}&k=1     | /x?&k=1"
      })
  void aQueryAtTheEndGoesWithItsSeparatorWhereThereIsNone(String template, String expected) {
    assertThat(Target.of(webSocket().request(), Optional.of(template), "")).isEqualTo(expected);
  }

  @Test
  void bracesAndDollarsOfTheClientAreNotVariables() {
    ClientRequest request = webSocket().path("/{query}$1\\").query("{path}").request();

    assertThat(Target.of(request, Optional.of("{path}?{query}"), ""))
        .isEqualTo("/{query}$1\\?{path}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/a b", "/a\tb", "/a\r\nb", "/\u0000", "/\u007f", "/\u00e9", "/a#b", "/a?b"})
  void aPathWithRawCharactersIsRefused(String path) {
    assertThat(Target.fault(webSocket().path(path).request())).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "a\r\nb", "\u0000", "\u00e9", "a#b"})
  void aQueryWithRawCharactersIsRefused(String query) {
    assertThat(Target.fault(webSocket().query(query).request())).isPresent();
  }

  @Test
  void aPathWithoutSlashIsRefused() {
    assertThat(Target.fault(webSocket().path("*").request()))
        .contains("path: * (expected: a slash in front)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/..",
        "/.",
        "/a/../b",
        "/a/./b",
        "/a/%2e%2E/b",
        "/a/.%2e",
        "/a/..%2Fb",
        "/a%2f../b",
        "/a%5C..%5cb",
        "/a/..;x=1/b",
        "/a/..%3bx/b"
      })
  void dotSegmentsThatCouldLeaveThePrefixAreRefused(String path) {
    assertThat(Target.fault(webSocket().path(path).request())).isPresent();
  }

  @Test
  void theRefusalDoesNotShowTheQuery() {
    assertThat(Target.fault(webSocket().query("token=secret ").request()))
        .contains("query: character 0x20 at 12 (expected: printable ASCII without #)");
  }
}
