package dev.culvert.handshake;

import static dev.culvert.handshake.Requests.ACCEPT;
import static dev.culvert.handshake.Requests.upgradeTo;
import static dev.culvert.handshake.Requests.webSocket;
import static dev.culvert.handshake.Responses.GOOD;
import static dev.culvert.handshake.Responses.assertMismatch;
import static dev.culvert.handshake.Responses.response;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.config.HeaderRules;
import dev.culvert.config.Route;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which answers of an upstream switch protocols, and what of their heads the client gets. */
class UpstreamSwitchTest {

  @Test
  void aRight101Switches() {
    assertThat(switched(GOOD.with("Set-Cookie", "a").with("set-cookie", "b")))
        .isEqualTo(
            Headers.of(
                "Sec-WebSocket-Accept", ACCEPT,
                "Set-Cookie", "a",
                "set-cookie", "b",
                "Connection", "Upgrade",
                "Upgrade", "websocket"));
  }

  @Test
  void tokensOfThe101CompareWithoutCase() {
    Headers response =
        Headers.of(
            "Upgrade", "WebSocket",
            "Connection", "keep-alive, upgrade",
            "Sec-WebSocket-Accept", ACCEPT);

    assertThat(switched(response).values("Upgrade")).containsExactly("websocket");
  }

  @Test
  void hopByHopFieldsOfThe101AreRemoved() {
    Headers response =
        GOOD.with("Connection", "X-Hop")
            .with("X-Hop", "1")
            .with("Keep-Alive", "5")
            .with("Transfer-Encoding", "chunked")
            .with("Content-Length", "7");

    assertThat(switched(response).fields())
        .extracting(Headers.Field::name)
        .containsExactly("Sec-WebSocket-Accept", "Connection", "Upgrade");
  }

  @Test
  void theOfferedSubprotocolAndExtensionsPassThrough() {
    Requests request =
        webSocket()
            .adding("Sec-WebSocket-Protocol", "chat, superchat")
            .adding("Sec-WebSocket-Extensions", "foo, permessage-deflate; client_max_window_bits");
    Headers response =
        GOOD.with("Sec-WebSocket-Protocol", "superchat")
            .with("Sec-WebSocket-Extensions", "permessage-deflate;server_max_window_bits=10");

    assertThat(judge(request, Routes.PLAIN, response))
        .asInstanceOf(InstanceOfAssertFactories.type(UpstreamResponse.Switch.class))
        .extracting(
            answer -> answer.headers().values("Sec-WebSocket-Protocol"),
            answer -> answer.headers().values("Sec-WebSocket-Extensions"))
        .containsExactly(
            List.of("superchat"), List.of("permessage-deflate;server_max_window_bits=10"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Sec-WebSocket-Protocol | other",
        "Sec-WebSocket-Protocol | Chat",
        "Sec-WebSocket-Protocol | chat, superchat",
        "Sec-WebSocket-Protocol | ''",
        "Sec-WebSocket-Extensions | permessage-deflate",
        "Sec-WebSocket-Extensions | foo, bar",
        "Sec-WebSocket-Extensions | foo;x=\"a,b\", bar"
      })
  void whatTheClientDidNotOfferIsAMismatch(String name, String value) {
    Requests request =
        webSocket()
            .adding("Sec-WebSocket-Protocol", "chat, superchat")
            .adding("Sec-WebSocket-Extensions", "foo");

    assertMismatch(judge(request, Routes.PLAIN, GOOD.with(name, value)));
  }

  @Test
  void twoSubprotocolsAreAMismatch() {
    Requests request = webSocket().adding("Sec-WebSocket-Protocol", "a, b");
    Headers response = GOOD.with("Sec-WebSocket-Protocol", "a").with("Sec-WebSocket-Protocol", "b");

    assertMismatch(judge(request, Routes.PLAIN, response));
  }

  @Test
  void quotedCommasInExtensionsDoNotMakeExtensions() {
    Requests request = webSocket().adding("Sec-WebSocket-Extensions", "foo");

    assertThat(judge(request, Routes.PLAIN, GOOD.with("Sec-WebSocket-Extensions", "foo;x=\"a,b\"")))
        .isInstanceOf(UpstreamResponse.Switch.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "foo", "websocket, foo", "h2c", "websocket/13"})
  void anotherUpgradeTokenIsAMismatch(String token) {
    assertMismatch(plain(replaced("Upgrade", token)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "close", "keep-alive"})
  void aConnectionWithoutUpgradeIsAMismatch(String connection) {
    assertMismatch(plain(replaced("Connection", connection)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "s3pPLMBiTxaQ9kYGzzhZRbK+xOO=", "S3PPLMBITXAQ9KYGZZHZRBK+XOO="})
  void aWrongAcceptIsAMismatch(String accept) {
    assertMismatch(plain(replaced("Sec-WebSocket-Accept", accept)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Upgrade", "Connection", "Sec-WebSocket-Accept"})
  void aMissingFieldIsAMismatch(String name) {
    assertMismatch(plain(GOOD.without(Ascii.lower(name)::equals)));
  }

  @Test
  void twoAcceptsAreAMismatch() {
    assertMismatch(plain(GOOD.with("Sec-WebSocket-Accept", ACCEPT)));
  }

  @Test
  void anAcceptThatConnectionListsIsNotPassedOnAndCountsAsNone() {
    assertMismatch(plain(replaced("Connection", "Upgrade, Sec-WebSocket-Accept")));
  }

  @Test
  void theMismatchSaysWhatWasFoundAndExpected() {
    assertThat(plain(replaced("Sec-WebSocket-Accept", "x")))
        .isEqualTo(
            new Refusal(
                Outcome.BAD_RESPONSE,
                502,
                Headers.NONE,
                "upstream Sec-WebSocket-Accept: x (expected: " + ACCEPT + ")"));
  }

  @Test
  void anotherTokenNeedsNoAccept() {
    Headers response = Headers.of("Upgrade", "Stress-Stream", "Connection", "Upgrade");
    UpstreamResponse answer =
        UpstreamResponse.judge(
            response(101, response, "", false),
            upgradeTo("stress-stream").request(),
            "stress-stream",
            Routes.allowing("stress-stream"));

    assertThat(answer.headers())
        .isEqualTo(Headers.of("Connection", "Upgrade", "Upgrade", "stress-stream"));
  }

  @Test
  void rulesApplyToThe101ButNotToWhatTheHandshakeHangsOn() {
    HeaderRules rules =
        new HeaderRules(
            Map.of("Upgrade", "x", "Server", "culvert"),
            Map.of("X-Add", List.of("1")),
            Set.of("connection", "sec-websocket-accept", "set-cookie"));

    assertThat(
            judge(webSocket(), Routes.withResponseRules(rules), GOOD.with("Set-Cookie", "a"))
                .headers())
        .isEqualTo(
            Headers.of(
                "Sec-WebSocket-Accept", ACCEPT,
                "Server", "culvert",
                "X-Add", "1",
                "Connection", "Upgrade",
                "Upgrade", "websocket"));
  }

  @Test
  void aRuleThatCannotBeSentIsTheGatewaysFault() {
    HeaderRules rules = new HeaderRules(Map.of("X", "a\nb"), Map.of(), Set.of());

    assertThat(judge(webSocket(), Routes.withResponseRules(rules), GOOD))
        .asInstanceOf(InstanceOfAssertFactories.type(Refusal.class))
        .extracting(Refusal::status, Refusal::outcome)
        .containsExactly(500, Outcome.ERROR);
  }

  private static Headers replaced(String name, String value) {
    return GOOD.without(Ascii.lower(name)::equals).with(name, value);
  }

  private static Headers switched(Headers response) {
    return assertThat(plain(response))
        .asInstanceOf(InstanceOfAssertFactories.type(UpstreamResponse.Switch.class))
        .actual()
        .headers();
  }

  private static UpstreamResponse plain(Headers response) {
    return judge(webSocket(), Routes.PLAIN, response);
  }

  private static UpstreamResponse judge(Requests request, Route route, Headers response) {
    return UpstreamResponse.judge(
        response(101, response, "", false), request.request(), "websocket", route);
  }
}
