package dev.culvert.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.config.Route;
import dev.culvert.config.Settings;
import dev.culvert.config.Upstream;
import dev.culvert.handshake.ClientRequest;
import dev.culvert.handshake.Headers;
import dev.culvert.provider.Credential;
import java.net.InetAddress;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom a refusal by an upstream is about. */
class ShownCredentialTest {

  private static final String RULES = "culvert.routes.chat.headers.request.";

  private static Route route(String... keysAndValues) {
    return TestSettings.of(keysAndValues).routes().get("chat");
  }

  private static ClientRequest request(String... headers) {
    return request(Optional.empty(), headers);
  }

  private static ClientRequest request(Optional<String> query, String... headers) {
    Headers usual =
        Headers.of(
            "Host", "here",
            "Connection", "Upgrade",
            "Upgrade", "websocket",
            "User-Agent", "any",
            "Sec-WebSocket-Version", "13",
            "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
    return new ClientRequest(
        "GET",
        "/chat",
        query,
        "HTTP/1.1",
        "http",
        usual.and(Headers.of(headers)),
        InetAddress.getLoopbackAddress(),
        false);
  }

  @Test
  void aPlainHandshakeShowsNone() {
    assertThat(ShownCredential.ofCaller(route(), request())).isEqualTo(Credential.NONE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Authorization",
        "COOKIE",
        "x-api-key",
        "X-Goog-Api-Key",
        "apikey",
        "X-Auth",
        "X-Amz-Security-Token",
        "X-Shared-Secret",
        "Sec-WebSocket-Protocol"
      })
  void whatMayBeACredentialIsTheCallers(String header) {
    assertThat(ShownCredential.ofCaller(route(), request(header, "his")))
        .isEqualTo(Credential.CALLER);
  }

  @Test
  void aQueryMayHoldOne() {
    ClientRequest request = request(Optional.of("key=his"));
    assertThat(ShownCredential.ofCaller(route(), request)).isEqualTo(Credential.CALLER);
    assertThat(
            ShownCredential.ofCaller(
                route("culvert.routes.chat.rewrite", "/v1{path}?{query}"), request))
        .isEqualTo(Credential.CALLER);
  }

  @Test
  void aQueryThatDoesNotGoOnIsNone() {
    Route route = route("culvert.routes.chat.rewrite", "/v1{path}");
    assertThat(ShownCredential.ofCaller(route, request(Optional.of("key=his"))))
        .isEqualTo(Credential.NONE);
    assertThat(ShownCredential.ofCaller(route(), request(Optional.of(""))))
        .isEqualTo(Credential.NONE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"set.Authorization", "add.Authorization", "set.X-Api-Key"})
  void whatARuleShowsIsOurs(String rule) {
    Route route = route(RULES + rule, "ours");
    assertThat(ShownCredential.ofCaller(route, request())).isEqualTo(Credential.SHARED);
    assertThat(ShownCredential.ofCaller(route, request(Optional.of("a=b"), "Cookie", "his=1")))
        .isEqualTo(Credential.SHARED);
  }

  @Test
  void oursIsTheAuthorizationThatCounts() {
    ClientRequest request = request("Authorization", "his");
    assertThat(ShownCredential.ofCaller(route(RULES + "set.Authorization", "ours"), request))
        .isEqualTo(Credential.SHARED);
    assertThat(ShownCredential.ofCaller(route(RULES + "add.Authorization", "ours"), request))
        .isEqualTo(Credential.SHARED);
  }

  /** The token of a single caller must not look like a fault of the key that all share. */
  @Test
  void hisAuthorizationIsHisBesideAnotherHeaderOfOurs() {
    Route route = route(RULES + "set.X-Api-Key", "ours");
    assertThat(ShownCredential.ofCaller(route, request("Authorization", "his")))
        .isEqualTo(Credential.CALLER);
  }

  @Test
  void rulesOnOtherHeadersShowNone() {
    Route route = route(RULES + "set.X-Tenant", "acme", RULES + "remove", "Cookie");
    assertThat(ShownCredential.ofCaller(route, request("Cookie", "his=1")))
        .isEqualTo(Credential.NONE);
  }

  @Test
  void whatARuleTakesAwayIsShownUnderNoSpelling() {
    Route route = route(RULES + "remove", "X-Api-Key");
    assertThat(ShownCredential.ofCaller(route, request("X_Api_Key", "his")))
        .isEqualTo(Credential.NONE);
  }

  @ParameterizedTest
  @CsvSource({"Authorization,CALLER", "Cookie,NONE"})
  void turnsShowTheHeadersThatGoOn(String header, Credential shown) {
    Settings settings = TestSettings.of("culvert.routes.chat.mode", "turns");
    Upstream upstream = settings.upstreams().get("up");
    assertThat(ShownCredential.of(settings.routes().get("chat"), upstream, request(header, "his")))
        .isEqualTo(shown);
  }

  @Test
  void turnsShowAnAccount() {
    Settings settings =
        TestSettings.of(
            "culvert.routes.chat.mode", "turns",
            "culvert.upstreams.up.accounts", "acme",
            "culvert.accounts.acme.header.Authorization", "ours");
    Upstream upstream = settings.upstreams().get("up");
    assertThat(
            ShownCredential.of(
                settings.routes().get("chat"), upstream, request("Authorization", "his")))
        .isEqualTo(Credential.ACCOUNT);
    assertThat(ShownCredential.ofCaller(settings.routes().get("chat"), request()))
        .as("where none is shown")
        .isEqualTo(Credential.NONE);
  }
}
