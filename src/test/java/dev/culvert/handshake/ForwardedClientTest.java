package dev.culvert.handshake;

import static dev.culvert.handshake.Requests.NO_PROXIES;
import static dev.culvert.handshake.Requests.PRIVATE_PROXIES;
import static dev.culvert.handshake.Requests.webSocket;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForwardedClientTest {

  @Test
  void anUntrustedPeerIsTheClientWhateverItSays() {
    Requests request =
        webSocket()
            .adding("X-Forwarded-For", "203.0.113.9")
            .adding("X-Forwarded-Proto", "https")
            .adding("X-Forwarded-Host", "public.test");

    assertThat(ForwardedClient.of(request.request(), NO_PROXIES))
        .isEqualTo(
            new ForwardedClient(Requests.address("192.0.2.7"), "http", "gateway.test", false));
  }

  @Test
  void aTrustedPeerIsBelieved() {
    Requests request =
        webSocket()
            .from("10.0.0.1")
            .adding("X-Forwarded-For", "203.0.113.9")
            .adding("X-Forwarded-Proto", "https")
            .adding("X-Forwarded-Host", "public.test:8443");

    assertThat(ForwardedClient.of(request.request(), PRIVATE_PROXIES))
        .isEqualTo(
            new ForwardedClient(
                Requests.address("203.0.113.9"), "https", "public.test:8443", true));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "198.51.100.1, 203.0.113.9, 10.0.0.2 | 203.0.113.9",
        "198.51.100.1, 203.0.113.9 | 203.0.113.9",
        "10.0.0.3, 10.0.0.2 | 10.0.0.3",
        "203.0.113.9, unknown, 10.0.0.2 | 10.0.0.2",
        "unknown | 10.0.0.1",
        "[2001:db8::5]:4711 | 2001:db8::5"
      })
  void theAddressIsTheRightmostUntrustedOne(String chain, String expected) {
    Requests request = webSocket().from("10.0.0.1").adding("X-Forwarded-For", chain);

    assertThat(ForwardedClient.of(request.request(), PRIVATE_PROXIES).addressText())
        .isEqualTo(expected);
  }

  @Test
  void theChainMayBeSpreadOverFields() {
    Requests request =
        webSocket()
            .from("10.0.0.1")
            .adding("X-Forwarded-For", "198.51.100.1")
            .adding("X-Forwarded-For", "203.0.113.9");

    assertThat(ForwardedClient.of(request.request(), PRIVATE_PROXIES).addressText())
        .isEqualTo("203.0.113.9");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "for=203.0.113.9;proto=https;host=public.test | 203.0.113.9 | https | public.test",
        "For=\"[2001:db8::5]:4711\"; PROTO=https | 2001:db8::5 | https | gateway.test",
        "for=198.51.100.1, for=203.0.113.9;host=\"public.test:1\" | 203.0.113.9 | http | public.test:1",
        "for=203.0.113.9;proto=https, for=10.0.0.2 | 203.0.113.9 | http | gateway.test",
        "for=203.0.113.9, for=\"_a,b;c\" | 10.0.0.1 | http | gateway.test",
        "by=10.0.0.9 | 10.0.0.1 | http | gateway.test"
      })
  void aTrustedPeerMaySayItInTheStandardsWay(
      String forwarded, String address, String scheme, String host) {
    Requests request = webSocket().from("10.0.0.1").adding("Forwarded", forwarded);

    assertThat(ForwardedClient.of(request.request(), PRIVATE_PROXIES))
        .isEqualTo(new ForwardedClient(Requests.address(address), scheme, host, true));
  }

  @ParameterizedTest
  @CsvSource({
    "X-Forwarded-For, 198.51.100.1",
    "X-Forwarded-Proto, http",
    "X-Forwarded-Host, public.test"
  })
  void besideAnyOtherFieldForwardedMayBeTheClientsOwn(String name, String value) {
    Requests request =
        webSocket()
            .from("10.0.0.1")
            .adding("Forwarded", "for=203.0.113.9;proto=https;host=evil.test")
            .adding(name, value);

    ForwardedClient client = ForwardedClient.of(request.request(), PRIVATE_PROXIES);
    assertThat(client.addressText()).isNotEqualTo("203.0.113.9");
    assertThat(client.scheme()).isEqualTo("http");
    assertThat(client.host()).isNotEqualTo("evil.test");
  }

  @Test
  void aTrustedPeerThatSaysNothingIsTheClient() {
    assertThat(ForwardedClient.of(webSocket().from("10.0.0.1").request(), PRIVATE_PROXIES))
        .isEqualTo(new ForwardedClient(Requests.address("10.0.0.1"), "http", "gateway.test", true));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"wss | https", "WS | http", "https, http | http", "gopher | http", "'' | http"})
  void theSchemeIsTheLastOneAndOneOfTwo(String proto, String expected) {
    Requests request = webSocket().from("10.0.0.1").adding("X-Forwarded-Proto", proto);

    assertThat(ForwardedClient.of(request.request(), PRIVATE_PROXIES).scheme()).isEqualTo(expected);
  }

  @Test
  void aForwardedHostThatIsNoneIsIgnored() {
    Requests request = webSocket().from("10.0.0.1").adding("X-Forwarded-Host", "a/b");

    assertThat(ForwardedClient.of(request.request(), PRIVATE_PROXIES).host())
        .isEqualTo("gateway.test");
  }
}
