package dev.culvert.handshake;

import static dev.culvert.handshake.Requests.PRIVATE_PROXIES;
import static dev.culvert.handshake.Requests.webSocket;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardingTest {

  @Test
  void whatAnUntrustedPeerSaysIsOverwritten() {
    Requests request =
        webSocket()
            .adding("X-Forwarded-For", "203.0.113.9")
            .adding("X-Forwarded-Proto", "https")
            .adding("X-Forwarded-Host", "evil.test")
            .adding("Forwarded", "for=203.0.113.9");

    assertThat(headers(request))
        .isEqualTo(
            Headers.of(
                "X-Forwarded-For", "192.0.2.7",
                "X-Forwarded-Proto", "http",
                "X-Forwarded-Host", "gateway.test",
                "Forwarded", "for=192.0.2.7;host=\"gateway.test\";proto=http"));
  }

  @Test
  void whatATrustedPeerSaysIsKeptAndContinued() {
    Requests request =
        webSocket()
            .from("10.0.0.1")
            .adding("X-Forwarded-For", "203.0.113.9")
            .adding("X-Forwarded-For", "10.0.0.2")
            .adding("X-Forwarded-Proto", "https")
            .adding("X-Forwarded-Host", "public.test")
            .adding("Forwarded", "for=198.51.100.66");

    assertThat(headers(request))
        .isEqualTo(
            Headers.of(
                "X-Forwarded-For", "203.0.113.9, 10.0.0.2, 10.0.0.1",
                "X-Forwarded-Proto", "https",
                "X-Forwarded-Host", "public.test",
                "Forwarded",
                    "for=203.0.113.9;host=\"public.test\";proto=https, for=10.0.0.2, "
                        + "for=10.0.0.1"));
  }

  @Test
  void whatATrustedPeerSaysInTheStandardsWayIsContinuedInBoth() {
    Requests request =
        webSocket()
            .from("10.0.0.1")
            .adding("Forwarded", "for=203.0.113.9, for=\"_a,b\";proto=https;host=public.test");

    assertThat(headers(request))
        .isEqualTo(
            Headers.of(
                "X-Forwarded-For", "203.0.113.9, unknown, 10.0.0.1",
                "X-Forwarded-Proto", "https",
                "X-Forwarded-Host", "public.test",
                "Forwarded",
                    "for=203.0.113.9;host=\"public.test\";proto=https, for=unknown, "
                        + "for=10.0.0.1"));
  }

  @Test
  void aTrustedPeerThatSaysNothingIsTheFirstHop() {
    assertThat(headers(webSocket().from("10.0.0.1")))
        .isEqualTo(
            Headers.of(
                "X-Forwarded-For", "10.0.0.1",
                "X-Forwarded-Proto", "http",
                "X-Forwarded-Host", "gateway.test",
                "Forwarded", "for=10.0.0.1;host=\"gateway.test\";proto=http"));
  }

  @Test
  void forwardedTellsTheWholeChainOfATrustedPeerThatDoesNotSpeakIt() {
    Requests request =
        webSocket()
            .from("10.0.0.1")
            .adding("X-Forwarded-For", "2001:db8::5, unknown")
            .adding("X-Forwarded-Proto", "https")
            .adding("X-Forwarded-Host", "public.test:8443");

    assertThat(headers(request).values("Forwarded"))
        .containsExactly(
            "for=\"[2001:db8::5]\";host=\"public.test:8443\";proto=https, "
                + "for=unknown, for=10.0.0.1");
  }

  @Test
  void ipv6IsQuotedInForwardedOnly() {
    assertThat(headers(webSocket().from("2001:db8::7")))
        .extracting(
            headers -> headers.values("X-Forwarded-For").get(0),
            headers -> headers.values("Forwarded").get(0))
        .containsExactly("2001:db8::7", "for=\"[2001:db8::7]\";host=\"gateway.test\";proto=http");
  }

  @Test
  void theSchemeIsHttpsOnATlsConnection() {
    assertThat(headers(webSocket().scheme("wss")).values("X-Forwarded-Proto"))
        .containsExactly("https");
  }

  @ParameterizedTest
  @ValueSource(strings = {"forwarded", "x-forwarded-for", "x_forwarded_for", "x_forwarded-host"})
  void spellingsThatAnUpstreamMayConfuseAreOverwrittenToo(String name) {
    assertThat(Forwarding.isOwn(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Real-IP",
        "x_real_ip",
        "X-Forwarded-Port",
        "X-Forwarded-Prefix",
        "X-Forwarded-Server",
        "X_Forwarded_Ssl",
        "X-Forwarded"
      })
  void whatOnlyProxiesMaySayIsBelievedOfTrustedOnesAlone(String name) {
    Requests ofClient = webSocket().adding(name, "6.6.6.6");

    assertThat(passed(ofClient).contains(name)).isFalse();
    assertThat(passed(ofClient.from("10.0.0.1")).values(name)).containsExactly("6.6.6.6");
  }

  private static Headers passed(Requests requests) {
    ClientRequest request = requests.request();
    return ForwardedClient.of(request, PRIVATE_PROXIES).believed(request).headers();
  }

  private static Headers headers(Requests requests) {
    ClientRequest request = requests.request();
    return Forwarding.headers(request, ForwardedClient.of(request, PRIVATE_PROXIES));
  }
}
