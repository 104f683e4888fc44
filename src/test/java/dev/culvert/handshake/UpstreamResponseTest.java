package dev.culvert.handshake;

import static dev.culvert.handshake.Requests.ACCEPT;
import static dev.culvert.handshake.Requests.upgradeTo;
import static dev.culvert.handshake.Requests.webSocket;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.boundary.DialResult;
import dev.culvert.config.HeaderRules;
import dev.culvert.config.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UpstreamResponseTest {

  private static final Headers GOOD =
      Headers.of("Upgrade", "websocket", "Connection", "Upgrade", "Sec-WebSocket-Accept", ACCEPT);

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
  void anotherAnswerIsRelayedWithItsBody() {
    Headers headers =
        Headers.of(
            "WWW-Authenticate", "Basic",
            "Content-Length", "99",
            "Transfer-Encoding", "chunked",
            "Connection", "close, X-Hop",
            "X-Hop", "1",
            "Proxy-Authenticate", "Basic",
            "Content-Type", "text/plain");
    UpstreamResponse.Relay relay = relayed(response(401, headers, "who?", false), Routes.PLAIN);

    assertThat(relay.headers())
        .isEqualTo(
            Headers.of(
                "WWW-Authenticate", "Basic",
                "Content-Type", "text/plain",
                "Content-Length", "4"));
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 302, 401, 404, 503, 599})
  void everyFinalStatusIsRelayedAsItIs(int status) {
    UpstreamResponse.Relay relay =
        relayed(response(status, Headers.NONE, "body", false), Routes.PLAIN);

    assertThat(relay)
        .extracting(UpstreamResponse.Relay::status, answer -> new String(answer.body(), UTF_8))
        .containsExactly(status, "body");
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 304})
  void anAnswerWithoutBodyHasNoLength(int status) {
    assertThat(relayed(response(status, Headers.NONE, "", false), Routes.PLAIN).headers())
        .isEqualTo(Headers.NONE);
  }

  @Test
  void rulesApplyToARelayedAnswer() {
    HeaderRules rules =
        new HeaderRules(Map.of("Content-Length", "1"), Map.of("X", List.of("1")), Set.of("server"));
    DialResult result = response(200, Headers.of("Server", "up"), "abc", false);

    assertThat(relayed(result, Routes.withResponseRules(rules)).headers())
        .isEqualTo(Headers.of("X", "1", "Content-Length", "3"));
  }

  @Test
  void aCutBodyIsRelayedAndMarked() {
    Headers headers = Headers.of("ETag", "e", "Cache-Control", "public", "Content-Type", "a/b");
    UpstreamResponse.Relay relay = relayed(response(200, headers, "part", true), Routes.PLAIN);

    assertThat(relay.headers())
        .isEqualTo(
            Headers.of(
                "Content-Type", "a/b",
                "Cache-Control", "no-store",
                "Culvert-Body", "truncated",
                "Content-Length", "4"));
  }

  @Test
  void aCutCompressedBodyIsLeftOut() {
    Headers headers = Headers.of("Content-Encoding", "gzip");
    UpstreamResponse.Relay relay = relayed(response(401, headers, "part", true), Routes.PLAIN);

    assertThat(relay)
        .extracting(
            answer -> answer.body().length,
            answer -> answer.headers().contains("Content-Encoding"),
            answer -> answer.headers().values("Content-Length"))
        .containsExactly(0, false, List.of("0"));
  }

  @Test
  void a426NamesTheProtocolsOfTheRouteAsItMust() {
    DialResult result =
        response(426, Headers.of("Upgrade", "h2c", "Connection", "Upgrade"), "", false);

    assertThat(relayed(result, Routes.PLAIN).headers())
        .isEqualTo(
            Headers.of("Content-Length", "0", "Connection", "Upgrade", "Upgrade", "websocket"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 100, 102, 103, 199, 600, 999})
  void aStatusThatIsNotFinalIsABadResponse(int status) {
    assertMismatch(
        UpstreamResponse.judge(
            response(status, Headers.NONE, "", false),
            webSocket().request(),
            "websocket",
            Routes.PLAIN));
  }

  @ParameterizedTest
  @CsvSource({"'X\r\nY', 1", "X, '1\r\nSet-Cookie: a'", "X, '1\u0000'", "'', 1", "X, \u20ac"})
  void aHeaderThatCannotBeSentOnIsABadResponse(String name, String value) {
    assertMismatch(
        UpstreamResponse.judge(
            response(200, Headers.of(name, value), "", false),
            webSocket().request(),
            "websocket",
            Routes.PLAIN));
  }

  @Test
  void aRuleThatCannotBeSentIsTheGatewaysFault() {
    HeaderRules rules = new HeaderRules(Map.of("X", "a\nb"), Map.of(), Set.of());

    assertThat(judge(webSocket(), Routes.withResponseRules(rules), GOOD))
        .asInstanceOf(InstanceOfAssertFactories.type(Refusal.class))
        .extracting(Refusal::status, Refusal::outcome)
        .containsExactly(500, Outcome.ERROR);
  }

  @ParameterizedTest
  @CsvSource({
    "connect-failed, 502, CONNECT_FAILED",
    "bad-response, 502, BAD_RESPONSE",
    "timeout, 504, TIMEOUT",
    "limit, 503, LIMIT",
    "from-a-newer-host, 500, ERROR"
  })
  void aDialWithoutAnswerHasAStatusAndALabel(String outcome, int status, Outcome label) {
    assertThat(failed(outcome, "no route"))
        .extracting(Refusal::status, Refusal::outcome)
        .containsExactly(status, label);
  }

  @Test
  void aFullRouteAsksToComeBackLater() {
    assertThat(failed(DialResult.LIMIT, "7 streams").headers().values("Retry-After"))
        .containsExactly("5");
  }

  @Test
  void theDetailOfTheHostIsSafeToLog() {
    assertThat(failed(DialResult.BAD_RESPONSE, "SSH-2.0\r\n").detail())
        .isEqualTo(
            "upstream: bad-response, SSH-2.0\\u000d\\u000a (expected: an HTTP/1.1 response)");
  }

  @Test
  void anAnswerSaysHowItIsCounted() {
    assertThat(
            List.of(
                plain(GOOD).outcome(),
                relayed(response(200, Headers.NONE, "", false), Routes.PLAIN).outcome()))
        .containsExactly(Outcome.OPENED, Outcome.RELAYED);
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

  private static UpstreamResponse.Relay relayed(DialResult result, Route route) {
    UpstreamResponse answer =
        UpstreamResponse.judge(result, webSocket().request(), "websocket", route);
    return assertThat(answer)
        .asInstanceOf(InstanceOfAssertFactories.type(UpstreamResponse.Relay.class))
        .actual();
  }

  private static Refusal failed(String outcome, String detail) {
    DialResult result = new DialResult(outcome, 0, 0, List.of(), new byte[0], false, 0, detail);
    UpstreamResponse answer =
        UpstreamResponse.judge(result, webSocket().request(), "websocket", Routes.PLAIN);
    return assertThat(answer).asInstanceOf(InstanceOfAssertFactories.type(Refusal.class)).actual();
  }

  private static void assertMismatch(UpstreamResponse answer) {
    assertThat(answer)
        .asInstanceOf(InstanceOfAssertFactories.type(Refusal.class))
        .extracting(Refusal::status, Refusal::outcome)
        .containsExactly(502, Outcome.BAD_RESPONSE);
  }

  private static DialResult response(int status, Headers headers, String body, boolean cut) {
    List<String> pairs = new ArrayList<>();
    headers.fields().forEach(field -> pairs.addAll(List.of(field.name(), field.value())));
    return new DialResult(DialResult.RESPONSE, 0, status, pairs, body.getBytes(UTF_8), cut, 0, "");
  }
}
