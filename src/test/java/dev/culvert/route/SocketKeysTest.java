package dev.culvert.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.boundary.SlotSpec;
import dev.culvert.turn.Accounts;
import dev.culvert.turn.TurnBody;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What must be equal for a later turn to run on a socket. */
class SocketKeysTest {

  private static final String SECURE = "wss://up:1";
  private static final String URL = "culvert.upstreams.up.url";
  private static final String[] ACCOUNT = {
    "culvert.upstreams.up.accounts", "acme",
    "culvert.accounts.acme.header.Authorization", "Bearer acme"
  };
  private static final String SERVER_NAME = "culvert.upstreams.up.tls.server-name";

  @ParameterizedTest
  @CsvSource({
    "culvert.routes.chat.headers.request.set.X-Via, a, b",
    "culvert.routes.chat.headers.request.add.X-Via, a, 'a,b'",
    "culvert.routes.chat.headers.request.remove, X-Via, OpenAI-Beta"
  })
  void changedHeaderRulesAreAnotherUpgrade(String key, String before, String after) {
    String[] headers = {"OpenAI-Beta", "x"};

    assertThat(slot(headers, key, after).upgrade())
        .isNotEqualTo(slot(headers, key, before).upgrade());
    assertThat(slot(headers, key, after).upgrade()).isEqualTo(slot(headers, key, after).upgrade());
  }

  @Test
  void soAreChangedSettingsOfTls() {
    SlotSpec one = slot(new String[0], URL, SECURE, SERVER_NAME, "one");

    assertThat(slot(new String[0], URL, SECURE, SERVER_NAME, "other").upgrade())
        .isNotEqualTo(one.upgrade());
    assertThat(slot(new String[0], URL, SECURE, SERVER_NAME, "one").upgrade())
        .isEqualTo(one.upgrade());
  }

  @Test
  void whichAlsoEvictWhatIsThere() {
    assertThat(fingerprints(URL, SECURE, SERVER_NAME, "one"))
        .isNotEqualTo(fingerprints(URL, SECURE, SERVER_NAME, "other"))
        .isEqualTo(fingerprints(URL, SECURE, SERVER_NAME, "one"));
  }

  @ParameterizedTest
  @CsvSource({
    "http://other:3128, nobody",
    "http://us:two@proxy:3128, nobody",
    "http://proxy:3128, nobody",
    "http://us:one@proxy:3128, up"
  })
  void soIsAnotherProxy(String proxy, String exclusions) {
    String one = proxied("http://us:one@proxy:3128", "nobody").upgrade();

    assertThat(proxied(proxy, exclusions).upgrade()).isNotEqualTo(one);
    assertThat(proxied("http://us:one@proxy:3128", "elsewhere").upgrade()).isEqualTo(one);
  }

  @Test
  void theHostIsToldOfTheProxy() {
    assertThat(proxied("http://us:one@proxy", "nobody").proxy())
        .isEqualTo(Map.of("address", "proxy:8080", "authorization", "Basic dXM6b25l"));
    assertThat(proxied("http://proxy:3128", "nobody").proxy())
        .isEqualTo(Map.of("address", "proxy:3128", "authorization", ""));
    assertThat(proxied("http://proxy:3128", "up").proxy()).isNull();
    assertThat(slot(new String[0]).proxy()).isNull();
  }

  private static SlotSpec proxied(String proxy, String exclusions) {
    return slot(
        new String[0],
        URL,
        "ws://up:1",
        "culvert.transport.proxy",
        proxy,
        "culvert.transport.no-proxy",
        exclusions);
  }

  @Test
  void aChangedRewriteIsAnotherUrl() {
    String rewrite = "culvert.routes.chat.rewrite";

    assertThat(slot(new String[0], rewrite, "/v2{path}").url())
        .isNotEqualTo(slot(new String[0], rewrite, "/v3{path}").url());
  }

  /** All that is compared is equal, so that they share a socket. */
  @ParameterizedTest
  @CsvSource({
    "X-Request-Id, 1",
    "traceparent, 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "X-Forwarded-For, 10.0.0.1",
    "Forwarded, for=10.0.0.1",
    "User-Agent, x"
  })
  void whatBelongsToOneRequestDoesNotCount(String header, String value) {
    assertThat(slot(new String[] {"OpenAI-Beta", "x", header, value}))
        .isEqualTo(slot(new String[] {"OpenAI-Beta", "x"}));
  }

  @Test
  void orderAndCaseOfNamesDoNotCount() {
    SlotSpec one = slot(new String[] {"openai-beta", "x", "AUTHORIZATION", "y"});
    SlotSpec same = slot(new String[] {"Authorization", "y", "OpenAI-Beta", "x"});

    assertThat(one.upgrade()).isEqualTo(same.upgrade());
    assertThat(one.principal()).isEqualTo(same.principal());
    assertThat(one.account()).isEqualTo(same.account());
  }

  @Test
  void eachCredentialOfCallersIsAnAccountOfItsOwn() {
    String one = slot(new String[] {"Authorization", "Bearer 1"}).account();

    assertThat(one).matches("upstream:up#[0-9a-f]{16}");
    assertThat(slot(new String[] {"authorization", "Bearer 1", "X-Request-Id", "r"}).account())
        .isEqualTo(one);
    assertThat(slot(new String[] {"Authorization", "Bearer 2"}).account()).isNotEqualTo(one);
    // What else a caller may vary at will does not give him another cap.
    assertThat(slot(new String[] {"Authorization", "Bearer 1", "OpenAI-Project", "p"}).account())
        .isEqualTo(one);
    assertThat(slot(new String[] {"OpenAI-Project", "p"}).account())
        .isNotEqualTo(slot(new String[] {"OpenAI-Project", "q"}).account());
    assertThat(slot(new String[0]).account()).isNotEqualTo(one);
  }

  /** As the upstream sees it: a rule that sets the credential makes them all one account. */
  @Test
  void aCredentialOfTheRouteIsOneAccount() {
    String rule = "culvert.routes.chat.headers.request.set.Authorization";

    assertThat(slot(new String[] {"Authorization", "Bearer 1"}, rule, "Bearer route").account())
        .isEqualTo(
            slot(new String[] {"Authorization", "Bearer 2"}, rule, "Bearer route").account());
  }

  @Test
  void nobodyCanTryOutsideOfTheHostWhatACredentialIs() {
    String[] headers = {"Authorization", "Basic Z3Vlc3M6bWU="};
    try (TurnRouteRig rig =
        new TurnRouteRig(Map.of("salt", arguments -> "another"), new String[0])) {
      assertThat(slot(rig, rig.starter(headers)).account()).isNotEqualTo(slot(headers).account());
      assertThat(slot(rig, rig.starter(headers)).upgrade()).isNotEqualTo(slot(headers).upgrade());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aRenewedTokenLeavesAUserTheSame(boolean account) {
    String[] keys = account ? ACCOUNT : new String[0];
    SlotSpec before = slotOf("ann", new String[] {"Authorization", "Bearer 1"}, keys);
    SlotSpec after = slotOf("ann", new String[] {"Authorization", "Bearer 2"}, keys);

    assertThat(after.principal()).isEqualTo(before.principal());
    // The socket was opened with the old one, which holds no longer.
    assertThat(after.account().equals(before.account())).isEqualTo(account);
    assertThat(after.upgrade().equals(before.upgrade())).isEqualTo(account);
  }

  @Test
  void usersWithTheSameTokenAreNotTheSame() {
    String[] token = {"Authorization", "Bearer 1"};

    assertThat(slotOf("ann", token).principal()).isNotEqualTo(slotOf("bob", token).principal());
    assertThat(slotOf("ann", token).principal()).isNotEqualTo(slot(token).principal());
  }

  /** One user may stand for several, who are told apart by such a header. */
  @Test
  void otherHeadersTellCallersOfOneNameApart() {
    String key = "culvert.routes.chat.turn.headers";

    assertThat(slotOf("ann", new String[] {"X-Tenant", "1"}, key, "X-Tenant").principal())
        .isNotEqualTo(slotOf("ann", new String[] {"X-Tenant", "2"}, key, "X-Tenant").principal());
  }

  private static SlotSpec slot(String[] headers, String... keysAndValues) {
    return slotOf("", headers, keysAndValues);
  }

  private static SlotSpec slotOf(String user, String[] headers, String... keysAndValues) {
    try (TurnRouteRig rig = new TurnRouteRig(Map.of("deploy", arguments -> 7L), keysAndValues)) {
      return slot(rig, rig.starterOf(user, headers));
    }
  }

  private static SlotSpec slot(TurnRouteRig rig, TurnStarter starter) {
    TurnBody body = TurnBody.read("{\"prompt_cache_key\":\"c\"}");
    return rig.slot(starter, body);
  }

  private static Map<String, String> fingerprints(String... keysAndValues) {
    try (TurnRouteRig rig = new TurnRouteRig(Map.of("deploy", arguments -> 7L), keysAndValues)) {
      return Accounts.fingerprints(rig.settings);
    }
  }
}
