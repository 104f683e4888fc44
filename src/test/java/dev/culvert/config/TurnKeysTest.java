package dev.culvert.config;

import static dev.culvert.config.Configs.chat;
import static dev.culvert.config.Configs.problemsWith;
import static dev.culvert.config.Configs.read;
import static dev.culvert.config.Configs.with;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys of mode {@code turns}, of the pool and of accounts. */
class TurnKeysTest {

  private static final String ROUTE = "culvert.routes.chat.";

  @Test
  void aRouteInModeTurnsSpeaksTheResponsesProtocol() {
    assertThat(chat(ROUTE + "mode", "turns").mode()).isEqualTo(Route.Mode.TURNS);
    assertThat(chat(ROUTE + "mode", "turns").turn()).isEqualTo(TurnRules.DEFAULTS);
  }

  @Test
  void everyKeyOfTheGenericFormIsRead() {
    TurnRules rules =
        chat(
                ROUTE + "mode", "turns",
                ROUTE + "preset", "generic",
                ROUTE + "turn.request-type", "ask",
                ROUTE + "turn.type-field", "kind",
                ROUTE + "turn.terminals", "done, failed",
                ROUTE + "turn.completed", "done",
                ROUTE + "turn.metadata", "begun",
                ROUTE + "turn.visible", "text",
                ROUTE + "turn.statuses", "slow_down:429, nobody:401",
                ROUTE + "turn.connection-limit", "too_old",
                ROUTE + "turn.lane-field", "lane",
                ROUTE + "turn.conversation", "thread, X-Thread",
                ROUTE + "turn.headers", "X-Tenant, Authorization",
                ROUTE + "turn.replayable", "true",
                ROUTE + "turn.heartbeat", "5s")
            .turn();

    assertThat(rules)
        .isEqualTo(
            new TurnRules(
                new Preset(
                    "ask",
                    "kind",
                    Set.of("done", "failed"),
                    Set.of("done"),
                    Set.of("begun"),
                    Set.of("text"),
                    Map.of("slow_down", 429, "nobody", 401),
                    "too_old",
                    "lane"),
                List.of("thread", "X-Thread"),
                Set.of("x-tenant", "authorization"),
                Set.of("x-tenant"),
                true,
                Duration.ofSeconds(5)));
  }

  /** Whoever names an organization lets clients choose it; a credential is never theirs. */
  @Test
  void besideAnAccountNoCredentialOfAClientGoesOn() {
    TurnRules rules =
        chat(ROUTE + "turn.headers", "Authorization, X-Api-Key, Api_Key, OpenAI-Project").turn();

    assertThat(rules.headers()).hasSize(4);
    assertThat(rules.besideAccount()).containsExactly("openai-project");
  }

  @Test
  void aPresetCanBeChangedInParts() {
    Preset preset = chat(ROUTE + "turn.terminals", "response.done").turn().preset();

    assertThat(preset.terminals()).containsExactly("response.done");
    assertThat(preset.metadata()).isEqualTo(Preset.OPENAI_RESPONSES.metadata());
  }

  @Test
  void itsClientsConnectByWebSocketWhateverItsUpgradesAre() {
    assertThat(chat(ROUTE + "mode", "turns", ROUTE + "upgrades", "raw").upgrades())
        .containsExactly("websocket");
  }

  @Test
  void lanesAreThePresetsUnlessTheRouteSaysOtherwise() {
    assertThat(chat().turn().preset().laneField()).isEqualTo("stream_id");
    assertThat(chat(ROUTE + "turn.lane-field", "none").turn().preset().laneField()).isEmpty();
    assertThat(chat(ROUTE + "preset", "generic").turn().preset().laneField()).isEmpty();
  }

  @Test
  void aProtocolWithoutTerminalsIsRefused() {
    assertThat(problemsWith(ROUTE + "mode", "turns", ROUTE + "preset", "generic"))
        .containsExactly(
            "culvert.routes.chat.turn.terminals: missing"
                + " (expected: types of events that end a turn)");
    assertThat(problemsWith(ROUTE + "preset", "generic")).isEmpty();
  }

  @Test
  void everyKeyOfThePoolIsRead() {
    assertThat(read(with()).pool()).isEqualTo(PoolRules.DEFAULTS);
    assertThat(
            read(with(
                    "culvert.pool.enabled", "false",
                    "culvert.pool.max-age", "50m",
                    "culvert.pool.max-per-account", "3",
                    "culvert.pool.ping-interval", "5s",
                    "culvert.pool.open-timeout", "2s",
                    "culvert.pool.response-start-timeout", "1m",
                    "culvert.pool.on-redeploy", "close"))
                .pool())
        .isEqualTo(
            new PoolRules(
                false,
                Duration.ofMinutes(50),
                3,
                Duration.ofSeconds(5),
                Duration.ofSeconds(2),
                Duration.ofMinutes(1),
                false));
  }

  @Test
  void accountsHaveHeaders() {
    Settings settings =
        read(
            with(
                "culvert.upstreams.a.accounts", "acme, other",
                "culvert.accounts.acme.header.Authorization", "Bearer s3cret",
                "culvert.accounts.acme.header.X-Org", "1",
                "CULVERT_ACCOUNTS_OTHER_HEADER_AUTHORIZATION", "Bearer x",
                "culvert.accounts.other.header.AUTHORIZATION", "Bearer x"));

    assertThat(settings.upstreams().get("a").accounts()).containsExactly("acme", "other");
    assertThat(settings.accounts().get("acme").headers())
        .isEqualTo(Map.of("Authorization", "Bearer s3cret", "X-Org", "1"));
    assertThat(settings.toString()).doesNotContain("s3cret");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "culvert.pool.max-per-account | 0 | expected: a whole number from 1 to 2147483647",
        "culvert.pool.on-redeploy | stay | expected: close",
        "culvert.routes.chat.preset | openai | expected: generic",
        "culvert.routes.chat.turn.statuses | slow:700 | expected: an error code and a status,",
        "culvert.upstreams.a.accounts | acme | expected: an account that has culvert.accounts."
      })
  void faultsNameKeyValueAndWhatWasExpected(String key, String value, String expected) {
    assertThat(problemsWith(key, value))
        .singleElement()
        .asString()
        .startsWith(key + ": " + value + " (")
        .contains(expected);
  }

  @Test
  void credentialsAreNotShown() {
    assertThat(problemsWith("culvert.accounts.acme.header.Authorization", "Bearer \u0001s3cret"))
        .singleElement()
        .asString()
        .startsWith("culvert.accounts.acme.header.Authorization: *** (")
        .doesNotContain("s3cret");
  }
}
