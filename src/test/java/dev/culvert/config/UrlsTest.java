package dev.culvert.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.config.Upstream.Address;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UrlsTest {

  @ParameterizedTest
  @CsvSource({
    "ws://a, ws, a, 80, ''",
    "WS://A.Example:8080/, ws, a.example, 8080, ''",
    "http://10.0.0.1:1/x/y/, http, 10.0.0.1, 1, /x/y",
    "ws://[::1]:65535/a%20b, ws, [::1], 65535, /a%20b",
    "ws://my_service:8080, ws, my_service, 8080, ''",
  })
  void address(String url, String scheme, String host, int port, String path) {
    assertThat(Urls.address(url)).isEqualTo(new Address(scheme, host, port, path));
  }

  @Test
  void authorityHasThePort() {
    assertThat(Urls.address("ws://[::1]").authority()).isEqualTo("[::1]:80");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "a:80",
        "//a",
        "ftp://a",
        "ws:/a",
        "ws://",
        "ws:///x",
        "ws://u:p@a",
        "ws://a?x",
        "ws://a/#x",
        "ws://a/b?c",
        "ws://a:0",
        "ws://a:65536",
        "ws://a:",
        "ws://a:8o",
        "ws://a:+80",
        "ws://a:123456",
        "ws://::1",
        "ws://[::1",
        "ws://[::g]",
        "ws://[1.2.3.4]",
        "ws://[fe80::1%eth0]",
        "ws://1.2.3.256",
        "ws://1.2.3",
        "ws://127.0.0.01",
        "ws://-a",
        "ws://a-",
        "ws://a..b",
        "ws://a.",
        "ws://a b",
        "ws://bücher.example",
        "ws://a/b c",
        "ws://a/\r\nX: y",
        "ws://a\n",
        "ws://a/\u0000",
        "ws://a/%0d%0a",
        "ws://a/%7F",
        "ws://a/%zz",
        "ws://a/%4",
        "ws://a//b",
        "ws://a/../b",
        "ws://a/./b",
        "ws://a/%2e%2E/b",
        "ws://a/ü"
      })
  void noAddress(String url) {
    assertThatThrownBy(() -> Urls.address(url))
        .isInstanceOf(BadValueException.class)
        .hasMessageStartingWith("expected: ");
  }

  @ParameterizedTest
  @CsvSource({
    "https://App.example, https://app.example",
    "https://app.example:443, https://app.example",
    "http://app.example:80, http://app.example",
    "http://app.example:443, http://app.example:443",
    "http://[::1]:8080, http://[::1]:8080",
    "chrome-extension://abcdef, chrome-extension://abcdef",
    "*, *",
    "null, null",
    "NULL, null",
  })
  void origin(String text, String origin) {
    assertThat(Urls.origin(text)).isEqualTo(origin);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "app.example",
        "https://app.example/",
        "https://app.example?x",
        "https://u@app.example",
        "https://*.example",
        "https://app.example:0",
        "https://",
        "**"
      })
  void noOrigin(String text) {
    assertThatThrownBy(() -> Urls.origin(text))
        .isInstanceOf(BadValueException.class)
        .hasMessageStartingWith("expected: ");
  }
}
