package dev.culvert.config;

import static dev.culvert.config.Configs.chat;
import static dev.culvert.config.Configs.problemsWith;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderRulesTest {

  private static final String ROUTE = "culvert.routes.chat.headers.";
  private static final String DEFAULTS = "culvert.defaults.headers.";

  @Test
  void routeOverridesDefaultsHeaderByHeaderWhateverTheCase() {
    Route route =
        chat(
            ROUTE + "request.set.X-Tenant", "blue",
            DEFAULTS + "request.set.x-tenant", "any",
            DEFAULTS + "request.set.X-Zone", "z1",
            ROUTE + "request.add.Via", "1.1 a",
            DEFAULTS + "request.add.via", "1.1 b");

    assertThat(route.requestHeaders().set()).isEqualTo(Map.of("X-Tenant", "blue", "X-Zone", "z1"));
    assertThat(route.requestHeaders().add()).isEqualTo(Map.of("Via", List.of("1.1 a")));
  }

  @Test
  void routeOverridesTheWholeListOfRemovals() {
    Route route =
        chat(
            ROUTE + "response.remove", "Server",
            DEFAULTS + "response.remove", "X-Powered-By",
            DEFAULTS + "request.remove", "Cookie");

    assertThat(route.responseHeaders().remove()).containsExactly("server");
    assertThat(route.requestHeaders().remove()).containsExactly("cookie");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host",
        "connection",
        "Upgrade",
        "Content-Length",
        "Transfer-Encoding",
        "TE",
        "Trailer",
        "Keep-Alive",
        "Proxy-Connection",
        "Proxy-Authenticate",
        "Proxy-Authorization",
        "HTTP2-Settings",
        "Sec-WebSocket-Protocol",
        "sec-websocket-key"
      })
  void headersOfTheHandshakeAreRefused(String name) {
    String complaint =
        "expected: a header other than " + name + ", which the handshake itself decides on";

    assertThat(problemsWith(ROUTE + "request.set." + name, "x"))
        .containsExactly(ROUTE + "request.set." + name + ": *** (" + complaint + ")");
    assertThat(problemsWith(ROUTE + "response.add." + name, "x"))
        .containsExactly(ROUTE + "response.add." + name + ": *** (" + complaint + ")");
    assertThat(problemsWith(ROUTE + "request.remove", name))
        .containsExactly(ROUTE + "request.remove: " + name + " (" + complaint + ")");
  }

  @ParameterizedTest
  @ValueSource(strings = {"X Y", "X:Y", "X\r\nY", "Ü", "X/Y", "(X)"})
  void nameIsAToken(String name) {
    assertThat(problemsWith(ROUTE + "request.remove", name))
        .singleElement()
        .asString()
        .contains("expected: a header name");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\r\nX: y",
        "a\nb",
        "a\rb",
        "a\u0000b",
        "a\u007fb",
        "a\u0085b",
        "a\u009fb",
        "a€b"
      })
  void valueCannotAddALineToAHead(String value) {
    assertThat(problemsWith(ROUTE + "request.set.X-A", value))
        .containsExactly(
            ROUTE
                + "request.set.X-A: *** (expected: a header value of ISO 8859-1 without control"
                + " characters)");
  }

  @Test
  void valueMayHaveSpacesTabsAndLatin1() {
    assertThat(chat(ROUTE + "request.set.X-A", " a\tb ~\u00a0ÿ ").requestHeaders().set())
        .isEqualTo(Map.of("X-A", "a\tb ~\u00a0ÿ"));
  }

  @Test
  void oneHeaderInTwoSpellingsIsRefused() {
    assertThat(problemsWith(ROUTE + "request.set.X-A", "1", ROUTE + "request.set.x-a", "2"))
        .containsExactly(
            ROUTE + "request.set.x-a: *** (expected: one key for each header, whatever the case)");
  }
}
