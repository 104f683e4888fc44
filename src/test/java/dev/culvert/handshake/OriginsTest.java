package dev.culvert.handshake;

import static dev.culvert.handshake.Requests.PRIVATE_PROXIES;
import static dev.culvert.handshake.Requests.webSocket;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.config.Route;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginsTest {

  private static final Route SAME = Routes.PLAIN;
  private static final Route ANY = Routes.withOrigins("*");
  private static final Route LISTED =
      Routes.withOrigins("https://app.test", "http://dev.test:3000", "chrome-extension://abc");

  @Test
  void aRequestWithoutOriginIsNotABrowsers() {
    assertThat(check(webSocket(), LISTED)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "http, gateway.test, http://gateway.test",
    "http, gateway.test, HTTP://GateWay.Test",
    "http, gateway.test, http://gateway.test:80",
    "http, gateway.test:80, http://gateway.test",
    "http, gateway.test:8080, http://gateway.test:8080",
    "https, gateway.test, https://gateway.test",
    "https, gateway.test:443, https://gateway.test",
    "wss, gateway.test, https://gateway.test",
    "http, [::1]:8080, http://[::1]:8080"
  })
  void theSameOriginPasses(String scheme, String host, String origin) {
    assertThat(
            check(webSocket().scheme(scheme).setting("Host", host).adding("Origin", origin), SAME))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "http, gateway.test, https://gateway.test",
    "https, gateway.test, http://gateway.test",
    "https, gateway.test:80, http://gateway.test",
    "http, gateway.test, http://gateway.test:8080",
    "http, gateway.test:8080, http://gateway.test",
    "http, gateway.test, http://gateway.test.evil.test",
    "http, gateway.test, http://evil.test",
    "http, gateway.test, http://gateway.test/",
    "http, gateway.test, http://user@gateway.test",
    "http, gateway.test, http://gateway.test http://evil.test",
    "http, gateway.test, gateway.test",
    "http, gateway.test, ://gateway.test",
    "http, gateway.test, null",
    "http, gateway.test, ''"
  })
  void anotherOriginIs403(String scheme, String host, String origin) {
    assertThat(
            check(webSocket().scheme(scheme).setting("Host", host).adding("Origin", origin), SAME))
        .get()
        .extracting(Refusal::status, Refusal::outcome)
        .containsExactly(403, Outcome.FORBIDDEN);
  }

  @Test
  void theRefusalNamesBothOrigins() {
    assertThat(check(webSocket().adding("Origin", "http://evil.test"), SAME))
        .get()
        .extracting(Refusal::detail)
        .isEqualTo("Origin: http://evil.test (expected: http://gateway.test)");
  }

  @Test
  void forwardedSchemeAndHostCountAfterATrustedProxy() {
    assertThat(check(behindProxy("10.0.0.1"), SAME)).isEmpty();
  }

  @Test
  void forwardedSchemeAndHostOfAnybodyElseDoNot() {
    assertThat(check(behindProxy("192.0.2.1"), SAME)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://app.test",
        "https://APP.test:443",
        "http://dev.test:3000",
        "chrome-extension://abc"
      })
  void listedOriginsPass(String origin) {
    assertThat(check(webSocket().adding("Origin", origin), LISTED)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://gateway.test", "http://app.test", "https://app.test:444", "null", ""})
  void originsThatAreNotListedAre403EvenTheSame(String origin) {
    assertThat(check(webSocket().adding("Origin", origin), LISTED)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://evil.test", "null", "whatever"})
  void theStarTakesAny(String origin) {
    assertThat(check(webSocket().adding("Origin", origin), ANY)).isEmpty();
  }

  @Test
  void nullPassesWhereItIsListed() {
    assertThat(check(webSocket().adding("Origin", "null"), Routes.withOrigins("null"))).isEmpty();
  }

  @Test
  void twoOriginsAre403() {
    Requests request =
        webSocket().adding("Origin", "http://gateway.test").adding("Origin", "http://evil.test");

    assertThat(check(request, SAME)).isPresent();
  }

  @Test
  void noOriginIsTheSameAsThatOfARequestWithoutHost() {
    assertThat(check(webSocket().dropping("Host").adding("Origin", "http://"), SAME)).isPresent();
  }

  private static Requests behindProxy(String proxy) {
    return webSocket()
        .from(proxy)
        .adding("X-Forwarded-Proto", "https")
        .adding("X-Forwarded-Host", "public.test")
        .adding("Origin", "https://public.test");
  }

  private static Optional<Refusal> check(Requests requests, Route route) {
    ClientRequest request = requests.request();

    return Origins.check(request, route, ForwardedClient.of(request, PRIVATE_PROXIES));
  }
}
