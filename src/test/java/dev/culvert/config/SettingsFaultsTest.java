package dev.culvert.config;

import static dev.culvert.config.Configs.problems;
import static dev.culvert.config.Configs.problemsWith;
import static dev.culvert.config.Configs.read;
import static dev.culvert.config.Configs.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys that are missing, unknown, or do not fit each other. */
class SettingsFaultsTest {

  private static final String NO_HOST =
      " (expected: a host as in RFC 2396, without underscores and its last label beginning with a"
          + " letter, since a route in mode turns has this upstream)";

  @Test
  void badDefaultIsReportedOnceHoweverManyRoutesUseIt() {
    assertThat(
            problemsWith(
                "culvert.defaults.max-streams", "-1",
                "culvert.routes.news.path", "/news",
                "culvert.routes.news.upstreams", "a"))
        .containsExactly(
            "culvert.defaults.max-streams: -1 (expected: a whole number from 0 to 2147483647)");
  }

  @Test
  void badDefaultIsReportedWithoutAnyRoute() {
    assertThat(problems(Map.of("culvert.defaults.rewrite", "x")))
        .singleElement()
        .asString()
        .startsWith("culvert.defaults.rewrite: x (expected: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"path", "host", "mode", "upstreams"})
  void keysThatTellRoutesApartHaveNoDefault(String key) {
    assertThat(problemsWith("culvert.defaults." + key, "x"))
        .singleElement()
        .asString()
        .startsWith("culvert.defaults." + key + ": ")
        .contains("unknown key");
  }

  @Test
  void oneMessageNamesEveryFault() {
    assertThatThrownBy(
            () ->
                read(
                    with(
                        "culvert.routes.chat.on-redploy", "detached",
                        "culvert.routes.chat.close-delay", "soon",
                        "culvert.sessions.ttl", "5")))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("the configuration has faults:")
        .message()
        .contains("\n  culvert.routes.chat.on-redploy: detached (unknown key; did you mean on-rede")
        .contains(
            "\n  culvert.routes.chat.close-delay: soon (expected: a duration from 0s to 3650d")
        .contains("\n  culvert.sessions.ttl: 5 (expected: a duration from 1s to 1d");
  }

  @Test
  void routeNeedsPathAndUpstreams() {
    assertThat(problems(Map.of("culvert.routes.chat.roles", "x")))
        .containsExactly(
            "culvert.routes.chat.path: missing (expected: a pattern such as /chat/*)",
            "culvert.routes.chat.upstreams: missing (expected: names of upstreams)");
  }

  @Test
  void upstreamNeedsAUrl() {
    assertThat(problems(Map.of("culvert.upstreams.a.enabled", "true")))
        .containsExactly(
            "culvert.upstreams.a.url: missing (expected: a URL such as ws://host:8080/path)");
  }

  @Test
  void routeNamesUpstreamsThatExist() {
    assertThat(
            problemsWith(
                "culvert.upstreams.backend.url", "ws://b",
                "culvert.routes.chat.upstreams", "a, bakend, zebra"))
        .containsExactly(
            "culvert.routes.chat.upstreams: bakend (expected: an upstream that has"
                + " culvert.upstreams.<name>.url; did you mean backend?)",
            "culvert.routes.chat.upstreams: zebra (expected: an upstream that has"
                + " culvert.upstreams.<name>.url)");
  }

  @Test
  void upstreamWithABadUrlIsReportedOnlyThere() {
    assertThat(problemsWith("culvert.upstreams.a.url", "ftp://x"))
        .containsExactly(
            "culvert.upstreams.a.url: ftp://x (expected: a URL that begins with ws://, wss://,"
                + " http:// or https://)");
  }

  /** Who is not asked who he is has no groups. */
  @Test
  void groupsNeedRoutesWithRoles() {
    assertThat(problemsWith("culvert.upstreams.a.groups", "silver, gold"))
        .containsExactly(
            "culvert.upstreams.a.groups: gold, silver (expected: only for routes that have roles,"
                + " which route chat has not)");
    assertThat(
            problemsWith("culvert.upstreams.a.groups", "gold", "culvert.routes.chat.roles", "**"))
        .isEmpty();
    assertThat(problemsWith("culvert.upstreams.a.groups", "gold", "culvert.defaults.roles", "user"))
        .isEmpty();
  }

  /** Containers have such names; the WebSocket client of turns takes none. */
  @Test
  void turnsNeedHostsOfUris() {
    assertThat(
            problemsWith(
                "culvert.upstreams.a.url",
                    "ws://b.test, ws://llm_gateway:9000/v1, ws://[::1]:1, ws://10.0.0.1, ws://chat.1x",
                "culvert.routes.chat.mode", "turns"))
        .containsExactly(
            "culvert.upstreams.a.url: llm_gateway" + NO_HOST,
            "culvert.upstreams.a.url: chat.1x" + NO_HOST);
    assertThat(problemsWith("culvert.upstreams.a.url", "ws://llm_gateway:9000/v1")).isEmpty();
  }

  @Test
  void twoRoutesOfOneHostAndPathAreRefused() {
    assertThat(
            problemsWith(
                "culvert.routes.talk.path", "/chat/*",
                "culvert.routes.talk.upstreams", "a"))
        .containsExactly(
            "culvert.routes.talk.path: /chat/*"
                + " (expected: another path or host than that of route chat)");
  }

  @Test
  void onePathOnTwoHostsIsLegal() {
    assertThat(
            problemsWith(
                "culvert.routes.talk.path", "/chat/*",
                "culvert.routes.talk.host", "talk.example",
                "culvert.routes.talk.upstreams", "a"))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ch at", "-chat", "chät", "a:b"})
  void namesArePlain(String name) {
    assertThat(
            problemsWith(
                "culvert.routes." + name + ".path", "/x",
                "culvert.routes." + name + ".upstreams", "a"))
        .containsExactly(
            "culvert.routes."
                + name
                + ": "
                + name
                + " (expected: 1 to 64 letters, digits, - and _)");
  }

  @Test
  void namesThatVariablesCannotTellApartAreRefused() {
    assertThat(
            problemsWith(
                "culvert.upstreams.my-a.url", "ws://a",
                "culvert.upstreams.my_a.url", "ws://b"))
        .containsExactly(
            "culvert.upstreams.my_a: my_a (expected: a name that environment variables can tell"
                + " from my-a, so not only by case, - and _)");
  }

  @ParameterizedTest
  @CsvSource({
    "culvert.routes.chat.on-redploy, on-redeploy",
    "culvert.routes.chat.streams.timeout, stream.timeout",
    "culvert.routes.chat.idle-timeout, stream.idle-timeout",
    "culvert.routes.chat.maxStreams, max-streams",
    "culvert.routes.chat.headers.requst.remove, headers.request.remove",
    "culvert.routes.chat.headers.requst.set.X-A, headers.request.set.X-A",
    "culvert.upstreams.a.uri, url",
    "culvert.defaults.role, roles",
    "culvert.route.chat.path, culvert.routes.chat.path",
    "culvert.trusted-proxy, culvert.trusted-proxies",
    "culvert.stream.log.level, culvert.stream.logs.level",
    "CULVERT_ROUTES_CHAT_ON_REDPLOY, CULVERT_ROUTES_CHAT_ON_REDEPLOY",
    "CULVERT_UPSTREAMS_A_URI, CULVERT_UPSTREAMS_A_URL",
    "CULVERT_DEFAULTS_ROLE, CULVERT_DEFAULTS_ROLES",
    "CULVERT_ADMIN_ROLE, CULVERT_ADMIN_ROLES",
  })
  void nearMissIsNamed(String key, String meant) {
    assertThat(problemsWith(key, "x"))
        .singleElement()
        .asString()
        .startsWith(key + ": ")
        .endsWith("; did you mean " + meant + "?)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "culvert.colour",
        "culvert.routes.chat.colour",
        "culvert.routes.chat",
        "culvert.routes.my.chat.stream.path.x",
        "culvert.upstreams.a.colour"
      })
  void unknownKeyIsRefusedWithoutItsValue(String key) {
    assertThat(problemsWith(key, "hidden")).containsExactly(key + ": *** (unknown key)");
  }

  @Test
  void keysOfOthersAreNotLookedAt() {
    assertThat(problemsWith("culverts.x", "1", "other", "2", "xculvert.y", "3")).isEmpty();
  }
}
