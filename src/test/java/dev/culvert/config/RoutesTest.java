package dev.culvert.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoutesTest {

  @Test
  void longestPatternWins() {
    Routes routes = routes("all /*", "chat /chat/*", "room /chat/room");

    assertThat(match(routes, "h", "/chat/room")).isEqualTo("room");
    assertThat(match(routes, "h", "/chat/lobby")).isEqualTo("chat");
    assertThat(match(routes, "h", "/news")).isEqualTo("all");
  }

  @Test
  void hostOfTheRequestCountsBeforeThePath() {
    Routes routes = routes("any /chat/room", "own /* chat.example");

    assertThat(match(routes, "chat.example", "/chat/room")).isEqualTo("own");
    assertThat(match(routes, "other.example", "/chat/room")).isEqualTo("any");
  }

  @Test
  void routesForAnyHostTakeWhatTheHostsOwnDoNot() {
    Routes routes = routes("any /*", "own /chat/* chat.example");

    assertThat(match(routes, "chat.example", "/news")).isEqualTo("any");
  }

  @Test
  void nothingMatches() {
    Routes routes = routes("chat /chat/*", "own /* chat.example");

    assertThat(match(routes, "h", "/news")).isEqualTo("none");
    assertThat(match(routes, "", "/")).isEqualTo("none");
    assertThat(match(routes(), "h", "/")).isEqualTo("none");
  }

  @ParameterizedTest
  @ValueSource(strings = {"chat.example", "Chat.EXAMPLE", "chat.example."})
  void hostIsComparedAsNamesAre(String host) {
    assertThat(match(routes("own /* chat.example"), host, "/")).isEqualTo("own");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[::1]", "::1"})
  void ipv6HostHasBracketsOrNot(String host) {
    assertThat(match(routes("own /* [::1]"), host, "/")).isEqualTo("own");
  }

  private static String match(Routes routes, String host, String path) {
    return routes.match(host, path).map(Route::name).orElse("none");
  }

  /** Routes written as "name path" or "name path host". */
  private static Routes routes(String... routes) {
    Map<String, String> values = new HashMap<>(Map.of("culvert.upstreams.a.url", "ws://a"));
    for (String route : routes) {
      String[] parts = route.split(" ", -1);
      String prefix = "culvert.routes." + parts[0] + ".";
      values.put(prefix + "upstreams", "a");
      values.put(prefix + "path", parts[1]);
      values.put(prefix + "host", parts.length > 2 ? parts[2] : "");
    }
    return new Routes(Configs.read(values));
  }
}
