package dev.culvert.handshake;

import static dev.culvert.handshake.Requests.KEY;
import static dev.culvert.handshake.Requests.upgradeTo;
import static dev.culvert.handshake.Requests.webSocket;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.config.Route;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientHandshakeTest {

  private static final Route PLAIN = Routes.PLAIN;
  private static final Route STRESS = Routes.allowing("websocket", "stress-stream");

  @Test
  void aWebSocketHandshakeIsAccepted() {
    assertThat(accepted(webSocket(), PLAIN).webSocket()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Upgrade", "upgrade", "keep-alive, Upgrade", "Upgrade,keep-alive"})
  void connectionIsAListOfTokens(String connection) {
    assertThat(accepted(webSocket().setting("Connection", connection), PLAIN).token())
        .isEqualTo("websocket");
  }

  @Test
  void connectionMayBeSpreadOverFields() {
    Requests request =
        webSocket().setting("Connection", "keep-alive").adding("Connection", "upgrade");

    assertThat(accepted(request, PLAIN).token()).isEqualTo("websocket");
  }

  @Test
  void theTokenKeepsTheClientsSpelling() {
    assertThat(accepted(webSocket().setting("Upgrade", "WebSocket"), PLAIN))
        .isEqualTo(new ClientHandshake.Accepted("WebSocket"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "foo, stress-stream, websocket | stress-stream",
        "h2c, websocket | websocket",
        "websocket, stress-stream | websocket"
      })
  void theFirstAllowedTokenOfTheClientCounts(String offer, String chosen) {
    assertThat(accepted(webSocket().setting("Upgrade", offer), STRESS).token()).isEqualTo(chosen);
  }

  @Test
  void anotherAllowedTokenNeedsNoWebSocketHeaders() {
    assertThat(accepted(upgradeTo("stress-stream").method("POST"), STRESS).webSocket()).isFalse();
  }

  @Test
  void aTokenMayHaveAVersion() {
    assertThat(accepted(upgradeTo("SPDY/3.1"), Routes.allowing("spdy/3.1")).token())
        .isEqualTo("SPDY/3.1");
  }

  @Test
  void noUpgradeIs426WithTheAllowedTokens() {
    assertThat(refused(webSocket().dropping("Upgrade"), STRESS))
        .isEqualTo(
            new Refusal(
                Outcome.REFUSED,
                426,
                Headers.of("Connection", "Upgrade", "Upgrade", "stress-stream, websocket"),
                "Upgrade: absent (expected: one of stress-stream, websocket)"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "foo", "stress-stream", "websocket/13", "\"websocket\""})
  void aTokenThatTheRouteDoesNotAllowIs426(String offer) {
    assertThat(refused(webSocket().setting("Upgrade", offer), PLAIN).status()).isEqualTo(426);
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2c", "H2C"})
  void h2cNeverOpensAStreamEvenWhenConfigured(String offer) {
    assertThat(refused(upgradeTo(offer), Routes.allowing("h2c")).status()).isEqualTo(426);
  }

  @Test
  void aTokenOfAnotherAlphabetIsNotTheOneThatItFoldsTo() {
    assertThat(refused(webSocket().setting("Upgrade", "websoc\u212Aet"), PLAIN).status())
        .isEqualTo(426);
  }

  @Test
  void noConnectionIs426() {
    assertThat(refused(webSocket().dropping("Connection"), PLAIN))
        .extracting(Refusal::status, Refusal::detail)
        .containsExactly(426, "Connection: absent (expected: a list with Upgrade)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "keep-alive", "close", "Upgraded", "websocket"})
  void aConnectionWithoutUpgradeIs426(String connection) {
    assertThat(refused(webSocket().setting("Connection", connection), PLAIN).headers())
        .isEqualTo(Headers.of("Connection", "Upgrade", "Upgrade", "websocket"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.0", "HTTP/0.9"})
  void olderProtocolsHaveNoUpgradeAndGet426(String protocol) {
    assertThat(refused(webSocket().protocol(protocol), PLAIN).status()).isEqualTo(426);
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/2.0", "HTTP/2", "HTTP/3", ""})
  void otherProtocolsGet505WithoutConnectionHeaders(String protocol) {
    assertThat(refused(webSocket().protocol(protocol), PLAIN))
        .extracting(Refusal::status, Refusal::headers)
        .containsExactly(505, Headers.NONE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a/b", "user@host", "a, b", "h:70000", "[::1", "h:80:80"})
  void aBadHostIs400(String host) {
    assertThat(refused(webSocket().setting("Host", host), PLAIN).status()).isEqualTo(400);
  }

  @Test
  void twoHostsAre400() {
    assertThat(refused(webSocket().adding("host", "gateway.test"), PLAIN).detail())
        .isEqualTo("Host: gateway.test, gateway.test (expected: one host with or without port)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "00", "+0", "-1", "0, 0", "", "0x0", "99999999999999999999"})
  void aContentLengthThatIsNotZeroIs400(String length) {
    assertThat(refused(webSocket().adding("Content-Length", length), PLAIN).status())
        .isEqualTo(400);
  }

  @Test
  void aContentLengthOfZeroIsNoBody() {
    assertThat(accepted(webSocket().adding("Content-Length", "0"), PLAIN).token())
        .isEqualTo("websocket");
  }

  @ParameterizedTest
  @ValueSource(strings = {"chunked", "identity", "gzip, chunked", ""})
  void anyTransferEncodingIs400(String coding) {
    assertThat(refused(webSocket().adding("Transfer-Encoding", coding), PLAIN).status())
        .isEqualTo(400);
  }

  @Test
  void aBodyThatTheServerKnowsOfIs400() {
    assertThat(refused(webSocket().withBody(), PLAIN).detail())
        .isEqualTo("body: present (expected: no body with an upgrade)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "HEAD", "CONNECT", "get", "OPTIONS"})
  void aWebSocketNeedsGet(String method) {
    assertThat(refused(webSocket().method(method), PLAIN))
        .extracting(Refusal::status, Refusal::headers)
        .containsExactly(405, Headers.of("Allow", "GET"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"HEAD", "CONNECT"})
  void methodsWhoseAnswersAreFramedOtherwiseAre405ForEveryToken(String method) {
    assertThat(refused(upgradeTo("stress-stream").method(method), STRESS).status()).isEqualTo(405);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "8", "013", "13, 8", "x"})
  void anotherWebSocketVersionIs426WithOurs(String version) {
    assertThat(refused(webSocket().setting("Sec-WebSocket-Version", version), PLAIN))
        .extracting(Refusal::status, Refusal::headers)
        .containsExactly(
            426,
            Headers.of(
                "Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Version", "13"));
  }

  @Test
  void noWebSocketVersionIs426() {
    assertThat(refused(webSocket().dropping("Sec-WebSocket-Version"), PLAIN).detail())
        .isEqualTo("Sec-WebSocket-Version: absent (expected: 13)");
  }

  @Test
  void twoWebSocketVersionsAre426() {
    assertThat(refused(webSocket().adding("Sec-WebSocket-Version", "13"), PLAIN).status())
        .isEqualTo(426);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "dGhlIHNhbXBsZSBub25jZQ",
        "dGhlIHNhbXBsZSBub25jZQ=",
        "dGhlIHNhbXBsZSBub25j",
        "dGhlIHNhbXBsZSBub25jZTEy",
        "dGhlIHNhbXBsZSBub25j!Q==",
        "dGhlIHNhbXBsZSBub25jZQ==, x"
      })
  void aKeyThatIsNotTheBase64Of16BytesIs400(String key) {
    assertThat(refused(webSocket().setting("Sec-WebSocket-Key", key), PLAIN).status())
        .isEqualTo(400);
  }

  @Test
  void noKeyIs400() {
    assertThat(refused(webSocket().dropping("Sec-WebSocket-Key"), PLAIN).detail())
        .isEqualTo("Sec-WebSocket-Key: absent (expected: one, the Base64 of 16 bytes)");
  }

  @Test
  void twoKeysAre400() {
    assertThat(refused(webSocket().adding("sec-websocket-key", KEY), PLAIN).status())
        .isEqualTo(400);
  }

  @Test
  void aKeyThatConnectionListsIsNotPassedOnAndCountsAsNone() {
    Requests request = webSocket().setting("Connection", "Upgrade, Sec-WebSocket-Key");

    assertThat(refused(request, PLAIN).detail()).startsWith("Sec-WebSocket-Key: absent");
  }

  @Test
  void everyRefusalCountsAsTheClientsFault() {
    assertThat(refused(webSocket().method("POST"), PLAIN).outcome()).isEqualTo(Outcome.REFUSED);
  }

  private static ClientHandshake.Accepted accepted(Requests request, Route route) {
    ClientHandshake result = ClientHandshake.check(request.request(), route);
    return assertThat(result)
        .asInstanceOf(InstanceOfAssertFactories.type(ClientHandshake.Accepted.class))
        .actual();
  }

  private static Refusal refused(Requests request, Route route) {
    ClientHandshake result = ClientHandshake.check(request.request(), route);
    return assertThat(result).asInstanceOf(InstanceOfAssertFactories.type(Refusal.class)).actual();
  }
}
