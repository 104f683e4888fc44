package dev.culvert.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Real MicroProfile Config: environment variables, ordinals, empty values, expressions. */
class EnvironmentTest {

  private static final int PROPERTIES_ORDINAL = 100;
  private static final int ENVIRONMENT_ORDINAL = 300;
  private static final int SYSTEM_ORDINAL = 400;

  private static final Map<String, String> CHAT =
      Map.of(
          "CULVERT_ROUTES_CHAT_PATH", "/chat/*",
          "CULVERT_ROUTES_CHAT_UPSTREAMS", "a",
          "CULVERT_UPSTREAMS_A_URL", "ws://a");

  @Test
  void environmentAloneMakesARoute() {
    Settings settings = read(Map.of(), CHAT);

    assertThat(settings.routes().get("chat").path()).isEqualTo(new PathPattern("/chat/*"));
    assertThat(settings.upstreams().get("a").addresses())
        .containsExactly(new Upstream.Address("ws", "a", 80, ""));
  }

  @Test
  void keyWithHyphensAndDotsIsFound() {
    Settings settings =
        read(
            Map.of(),
            and(
                CHAT,
                "CULVERT_ROUTES_CHAT_STREAM_IDLE_TIMEOUT",
                "5m",
                "CULVERT_ROUTES_CHAT_HOST_HEADER",
                "upstream",
                "CULVERT_DEFAULTS_MAX_STREAMS",
                "7",
                "CULVERT_STREAM_LOGS_LEVEL",
                "TRACE"));

    assertThat(settings.routes().get("chat").limits().idleTimeout()).hasMinutes(5);
    assertThat(settings.routes().get("chat").hostHeader()).isEqualTo(Route.HostHeader.UPSTREAM);
    assertThat(settings.routes().get("chat").maxStreams()).isEqualTo(7);
    assertThat(settings.streamLog().level()).isEqualTo(System.Logger.Level.TRACE);
  }

  @Test
  void unknownNameBecomesKebabCase() {
    Settings settings =
        read(
            Map.of(),
            Map.of(
                "CULVERT_ROUTES_MY_CHAT_PATH", "/x",
                "CULVERT_ROUTES_MY_CHAT_UPSTREAMS", "my-upstream",
                "CULVERT_ROUTES_MY_CHAT_STREAM_TIMEOUT", "1h",
                "CULVERT_UPSTREAMS_MY_UPSTREAM_URL", "ws://a"));

    assertThat(settings.routes()).containsOnlyKeys("my-chat");
    assertThat(settings.routes().get("my-chat").limits().timeout()).hasHours(1);
    assertThat(settings.upstreams()).containsOnlyKeys("my-upstream");
  }

  @Test
  void nameOfADottedKeyIsKept() {
    Settings settings =
        read(
            Map.of(
                "culvert.routes.My_Chat.path", "/x",
                "culvert.routes.My_Chat.upstreams", "a"),
            Map.of(
                "CULVERT_ROUTES_MY_CHAT_STREAM_TIMEOUT", "1h",
                "CULVERT_UPSTREAMS_A_URL", "ws://a"));

    assertThat(settings.routes()).containsOnlyKeys("My_Chat");
    assertThat(settings.routes().get("My_Chat").limits().timeout()).hasHours(1);
  }

  @Test
  void nameOfAnUpstreamThatARouteMentionsIsKept() {
    Settings settings =
        read(
            Map.of(),
            Map.of(
                "CULVERT_ROUTES_CHAT_PATH", "/x",
                "CULVERT_ROUTES_CHAT_UPSTREAMS", "chat_Backend",
                "CULVERT_UPSTREAMS_CHAT_BACKEND_URL", "ws://a",
                "CULVERT_UPSTREAMS_CHAT_BACKEND_ENABLED", "false"));

    assertThat(settings.upstreams()).containsOnlyKeys("chat_Backend");
    assertThat(settings.upstreams().get("chat_Backend").enabled()).isFalse();
  }

  @Test
  void knownNameWinsOverTheShortestOne() {
    Settings settings =
        read(
            Map.of(
                "culvert.routes.x-stream.path", "/x",
                "culvert.routes.x-stream.upstreams", "a",
                "culvert.routes.b-headers-request-set-y.path", "/y",
                "culvert.routes.b-headers-request-set-y.upstreams", "a",
                "culvert.upstreams.a.url", "ws://a"),
            Map.of(
                "CULVERT_ROUTES_X_STREAM_STREAM_TIMEOUT", "1h",
                "CULVERT_ROUTES_B_HEADERS_REQUEST_SET_Y_HOST", "y.example"));

    assertThat(settings.routes().get("x-stream").limits().timeout()).hasHours(1);
    assertThat(settings.routes().get("b-headers-request-set-y").host()).contains("y.example");
  }

  @Test
  void headerNameTakesHyphensForUnderscores() {
    Settings settings =
        read(
            Map.of(),
            and(
                CHAT,
                "CULVERT_ROUTES_CHAT_HEADERS_REQUEST_SET_X_PATH",
                "t",
                "CULVERT_DEFAULTS_HEADERS_RESPONSE_ADD_X_VIA",
                "v"));

    assertThat(settings.routes().get("chat").requestHeaders().set())
        .containsExactly(Map.entry("X-PATH", "t"));
    assertThat(settings.routes().get("chat").responseHeaders().add())
        .containsExactly(Map.entry("X-VIA", List.of("v")));
  }

  @Test
  void environmentOverridesALowerSourceAndAddsNothing() {
    Settings settings =
        read(
            Map.of(
                "culvert.routes.chat.path", "/old",
                "culvert.routes.chat.upstreams", "a",
                "culvert.routes.chat.headers.request.set.X-Tenant", "old",
                "culvert.upstreams.a.url", "ws://old"),
            and(CHAT, "CULVERT_ROUTES_CHAT_HEADERS_REQUEST_SET_X_TENANT", "new"));

    assertThat(settings.routes()).containsOnlyKeys("chat");
    assertThat(settings.routes().get("chat").path().pattern()).isEqualTo("/chat/*");
    assertThat(settings.routes().get("chat").requestHeaders().set())
        .containsExactly(Map.entry("X-Tenant", "new"));
  }

  @Test
  void higherSourceOverridesTheEnvironment() {
    SmallRyeConfig config =
        new SmallRyeConfigBuilder()
            .addDefaultInterceptors()
            .withSources(
                new EnvConfigSource(CHAT, ENVIRONMENT_ORDINAL),
                new PropertiesConfigSource(
                    Map.of("culvert.routes.chat.path", "/new"), "system", SYSTEM_ORDINAL))
            .build();

    assertThat(SettingsReader.read(new ServerValues(config)).routes().get("chat").path().pattern())
        .isEqualTo("/new");
  }

  @Test
  void variablesOfOthersAreIgnored() {
    Settings settings =
        read(
            Map.of(),
            and(
                CHAT,
                "CULVERT_HOME",
                "/opt/culvert",
                "CULVERT_PORT_8080_TCP_ADDR",
                "10.0.0.1",
                "CULVERT_SERVICE_HOST",
                "10.0.0.1",
                "culvert_x",
                "y"));

    assertThat(settings.routes()).containsOnlyKeys("chat");
  }

  @Test
  void unknownVariableOfARouteIsRefused() {
    assertThat(problems(Map.of(), and(CHAT, "CULVERT_ROUTES_CHAT_COLOUR", "hidden")))
        .containsExactly("CULVERT_ROUTES_CHAT_COLOUR: *** (unknown environment variable)");
  }

  @Test
  void emptyValueIsNoValue() {
    Settings settings =
        read(
            Map.of(
                "culvert.routes.gone.path", "",
                "culvert.routes.chat.roles", "",
                "culvert.defaults.roles", "user"),
            and(CHAT, "CULVERT_ROUTES_ALSO_GONE_PATH", ""));

    assertThat(settings.routes()).containsOnlyKeys("chat");
    assertThat(settings.routes().get("chat").roles()).containsExactly("user");
  }

  @Test
  void commaOfAListEntryIsEscaped() {
    Settings settings =
        read(Map.of("culvert.routes.chat.headers.response.add.X-A", "one\\,two, three"), CHAT);

    assertThat(settings.routes().get("chat").responseHeaders().add().get("X-A"))
        .containsExactly("one,two", "three");
  }

  @Test
  void expressionIsExpanded() {
    Settings settings = read(Map.of("culvert.routes.chat.roles", "${who}", "who", "user"), CHAT);

    assertThat(settings.routes().get("chat").roles()).containsExactly("user");
  }

  @Test
  void expressionWithoutAValueOpensNoRoute() {
    assertThat(problems(Map.of("culvert.routes.chat.roles", "${nobody}"), CHAT))
        .containsExactly(
            "culvert.routes.chat.roles: unresolved (expected: an expression that has a value)");
  }

  @Test
  void expressionOfItselfIsRefused() {
    assertThat(problems(Map.of("culvert.admin.roles", "${culvert.admin.roles}"), CHAT))
        .containsExactly(
            "culvert.admin.roles: unresolved (expected: an expression that has a value)");
  }

  private static Settings read(Map<String, String> properties, Map<String, String> environment) {
    return SettingsReader.read(
        new ServerValues(
            new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withSources(
                    new EnvConfigSource(environment, ENVIRONMENT_ORDINAL),
                    new PropertiesConfigSource(properties, "properties", PROPERTIES_ORDINAL))
                .build()));
  }

  private static List<String> problems(
      Map<String, String> properties, Map<String, String> environment) {
    return catchThrowableOfType(ConfigException.class, () -> read(properties, environment))
        .problems()
        .stream()
        .map(Problem::text)
        .toList();
  }

  private static Map<String, String> and(Map<String, String> some, String... more) {
    Map<String, String> all = new HashMap<>(some);
    for (int i = 0; i < more.length; i += 2) {
      all.put(more[i], more[i + 1]);
    }
    return all;
  }
}
