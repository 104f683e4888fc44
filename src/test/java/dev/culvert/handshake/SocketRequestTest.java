package dev.culvert.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.config.HeaderRules;
import dev.culvert.config.Route;
import dev.culvert.config.Upstream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SocketRequestTest {

  private static final Upstream.Address PLAIN = new Upstream.Address("http", "up.test", 80, "/b");
  private static final Upstream.Address SECURE = new Upstream.Address("https", "up.test", 443, "");
  private static final Map<String, String> NONE = Map.of();

  @Test
  void theTargetIsTheRequestsBelowThePathOfTheAddress() {
    assertThat(ready(Routes.PLAIN, PLAIN, NONE).url()).isEqualTo("ws://up.test:80/b/v1/responses");
    assertThat(ready(Routes.rewriting("/x{path}"), SECURE, NONE).url())
        .isEqualTo("wss://up.test:443/x/v1/responses");
  }

  @Test
  void onlySomeHeadersGoOn() {
    assertThat(ready(Routes.PLAIN, PLAIN, NONE).entries())
        .containsExactly(
            Map.entry("Authorization", "Bearer client"), Map.entry("OpenAI-Beta", "x"));
  }

  @Test
  void withACredentialTheClientsOwnIsForTheGateway() {
    List<Map.Entry<String, String>> sent =
        ready(Routes.PLAIN, PLAIN, Map.of("X-Api-Key", "k", "OPENAI-BETA", "y")).entries();

    assertThat(sent)
        .containsExactlyInAnyOrder(Map.entry("X-Api-Key", "k"), Map.entry("OPENAI-BETA", "y"));
  }

  @Test
  void aCredentialAlsoReplacesWhatUpstreamsReadAsTheSameName() {
    assertThat(entries(request("/v1"), Map.of("OpenAI_Beta", "ours")))
        .containsExactly(Map.entry("OpenAI_Beta", "ours"));
  }

  @Test
  void withACredentialTheClientDoesNotChooseItsOrganization() {
    ClientRequest request =
        requests("/v1").adding("OpenAI-Organization", "x").adding("OpenAI-Project", "y").request();

    assertThat(entries(request, Map.of("X-Api-Key", "k")))
        .containsExactly(Map.entry("OpenAI-Beta", "x"), Map.entry("X-Api-Key", "k"));
    assertThat(entries(request, NONE))
        .contains(Map.entry("OpenAI-Organization", "x"), Map.entry("OpenAI-Project", "y"));
  }

  @Test
  void whatIsShownTellsCallersApartEvenIfItGoesNoFurther() {
    assertThat(SocketRequest.shown(request("/v1"), Routes.PLAIN).fields())
        .containsExactly(
            new Headers.Field("Authorization", "Bearer client"),
            new Headers.Field("OpenAI-Beta", "x"));
  }

  private static List<Map.Entry<String, String>> entries(
      ClientRequest request, Map<String, String> credentials) {
    return ((SocketRequest.Ready) SocketRequest.build(request, Routes.PLAIN, PLAIN, credentials))
        .entries();
  }

  @Test
  void rulesOfTheRouteCount() {
    HeaderRules rules =
        new HeaderRules(
            Map.of("X-Tenant", "blue", "Host", "no"), Map.of(), Set.of("authorization"));

    assertThat(ready(Routes.withRequestRules(rules), PLAIN, NONE).entries())
        .containsExactly(Map.entry("OpenAI-Beta", "x"), Map.entry("X-Tenant", "blue"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/v1/a%2Fb", "/v1/../admin", "/v1/a b", "/v1/a|b", "/v1/[", "/v1/\"a\"", "/v1/^"})
  void targetsThatWouldNotArriveAsTheyAreAreRefused(String path) {
    SocketRequest refused = SocketRequest.build(request(path), Routes.PLAIN, PLAIN, NONE);

    assertThat(refused).isInstanceOf(Refusal.class);
    assertThat(((Refusal) refused).status()).isEqualTo(400);
  }

  @Test
  void credentialsAreNotShown() {
    assertThat(ready(Routes.PLAIN, PLAIN, Map.of("X-Api-Key", "s3cret")).toString())
        .doesNotContain("s3cret", "Bearer");
  }

  private static SocketRequest.Ready ready(
      Route route, Upstream.Address address, Map<String, String> credentials) {
    return (SocketRequest.Ready)
        SocketRequest.build(request("/v1/responses"), route, address, credentials);
  }

  private static ClientRequest request(String path) {
    return requests(path).request();
  }

  private static Requests requests(String path) {
    return Requests.webSocket()
        .method("POST")
        .path(path)
        .headers(
            Headers.of(
                "Host", "gw.test",
                "Authorization", "Bearer client",
                "Connection", "X-Hop",
                "X-Hop", "1",
                "X-Other", "1",
                "OpenAI-Beta", "x"));
  }
}
