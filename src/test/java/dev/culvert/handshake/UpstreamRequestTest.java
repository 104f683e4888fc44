package dev.culvert.handshake;

import static dev.culvert.handshake.Requests.KEY;
import static dev.culvert.handshake.Requests.PRIVATE_PROXIES;
import static dev.culvert.handshake.Requests.upgradeTo;
import static dev.culvert.handshake.Requests.webSocket;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.config.BreakerRules;
import dev.culvert.config.HeaderRules;
import dev.culvert.config.HealthRules;
import dev.culvert.config.Route;
import dev.culvert.config.Upstream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UpstreamRequestTest {

  @Test
  void aWholeHeadLooksLikeThis() {
    Requests request =
        webSocket().query("a=1").adding("Cookie", "x=1").adding("Origin", "http://o");

    assertThat(head(request, Routes.PLAIN))
        .isEqualTo(
            """
            GET /chat/room?a=1 HTTP/1.1
            Host: gateway.test
            Sec-WebSocket-Version: 13
            Sec-WebSocket-Key: %s
            Cookie: x=1
            Origin: http://o
            X-Forwarded-For: 192.0.2.7
            X-Forwarded-Proto: http
            X-Forwarded-Host: gateway.test
            Forwarded: for=192.0.2.7;host="gateway.test";proto=http
            Connection: Upgrade
            Upgrade: websocket

            """
                .formatted(KEY)
                .replace("\n", "\r\n"));
  }

  @Test
  void eachAddressGetsAHeadOfItsOwn() {
    Upstream two =
        new Upstream(
            "up",
            List.of(
                new Upstream.Address("ws", "a.test", 80, ""),
                new Upstream.Address("ws", "b.test", 81, "/b")),
            Optional.empty(),
            true,
            List.of(),
            0,
            1,
            Set.of(),
            0,
            0,
            HealthRules.NONE,
            BreakerRules.DEFAULTS);
    UpstreamRequest built = build(webSocket(), "websocket", Routes.withUpstreamHost(), two);

    assertThat(((UpstreamRequest.Heads) built).texts())
        .extracting(text -> text.lines().limit(2).toList())
        .containsExactly(
            List.of("GET /chat/room HTTP/1.1", "Host: a.test"),
            List.of("GET /b/chat/room HTTP/1.1", "Host: b.test:81"));
  }

  @Test
  void headsAreLatin1OnTheWire() {
    UpstreamRequest built =
        build(
            webSocket().adding("X-Name", "caf\u00e9"), "websocket", Routes.PLAIN, Routes.UPSTREAM);

    assertThat(((UpstreamRequest.Heads) built).bytes().get(0))
        .contains("caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void aHeadDoesNotShowItselfAsText() {
    assertThat(build(webSocket(), "websocket", Routes.PLAIN, Routes.UPSTREAM))
        .hasToString("Heads[1]");
  }

  @Test
  void anotherTokenKeepsItsMethodAndSpelling() {
    UpstreamRequest built =
        build(
            upgradeTo("TCP").method("POST").setting("Connection", "Upgrade"),
            "TCP",
            Routes.allowing("tcp"),
            Routes.UPSTREAM);

    assertThat(((UpstreamRequest.Heads) built).texts().get(0))
        .startsWith("POST /chat/room HTTP/1.1\r\n")
        .endsWith("Connection: Upgrade\r\nUpgrade: TCP\r\n\r\n");
  }

  @Test
  void onlyTheChosenTokenIsForwarded() {
    assertThat(sent(webSocket().setting("Upgrade", "foo, websocket, h2c"), Routes.PLAIN))
        .extracting(headers -> headers.values("Upgrade"))
        .isEqualTo(List.of("websocket"));
  }

  @Test
  void webSocketHeadersGoThroughInOrderWithDuplicates() {
    Requests request =
        webSocket()
            .adding("Sec-WebSocket-Protocol", "b")
            .adding("sec-websocket-extensions", "permessage-deflate; client_max_window_bits")
            .adding("Sec-WebSocket-Protocol", "a");

    assertThat(sent(request, Routes.PLAIN).fields())
        .containsSubsequence(
            new Headers.Field("Sec-WebSocket-Protocol", "b"),
            new Headers.Field(
                "sec-websocket-extensions", "permessage-deflate; client_max_window_bits"),
            new Headers.Field("Sec-WebSocket-Protocol", "a"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Keep-Alive",
        "Proxy-Connection",
        "PROXY-Authorization",
        "Proxy-Authentication-Info",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "HTTP2-Settings",
        "Content-Length",
        "Expect"
      })
  void hopByHopFieldsAreRemoved(String name) {
    assertThat(sent(webSocket().adding(name, "0"), Routes.PLAIN).contains(name)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"X-Real-IP", "X-Forwarded-Port"})
  void whatOnlyProxiesMaySayIsRemovedWhenAClientSaysIt(String name) {
    assertThat(sent(webSocket().adding(name, "0"), Routes.PLAIN).contains(name)).isFalse();
  }

  @Test
  void fieldsThatConnectionNamesAreRemoved() {
    Requests request =
        webSocket()
            .setting("Connection", "x-one, Upgrade")
            .adding("Connection", "X-Two")
            .adding("X-One", "1")
            .adding("x-two", "2")
            .adding("X-Three", "3");

    assertThat(sent(request, Routes.PLAIN))
        .extracting(
            headers -> headers.contains("X-One"),
            headers -> headers.contains("X-Two"),
            headers -> headers.contains("X-Three"))
        .containsExactly(false, false, true);
  }

  @Test
  void connectionCannotTakeAwayHostOrForwardingFields() {
    Requests request = webSocket().setting("Connection", "Upgrade, Host, X-Forwarded-For");

    assertThat(sent(request, Routes.PLAIN))
        .extracting(headers -> headers.values("Host"), headers -> headers.values("X-Forwarded-For"))
        .containsExactly(List.of("gateway.test"), List.of("192.0.2.7"));
  }

  @Test
  void theRouteMayShowTheClientsHost() {
    assertThat(sent(webSocket().setting("Host", "Gateway.test:8080"), Routes.PLAIN).values("Host"))
        .containsExactly("Gateway.test:8080");
  }

  @ParameterizedTest
  @CsvSource({
    "ws, up.test, 80, up.test",
    "http, up.test, 80, up.test",
    "ws, up.test, 443, up.test:443",
    "wss, up.test, 443, up.test",
    "ws, [::1], 80, [::1]",
    "ws, [::1], 9000, [::1]:9000"
  })
  void theRouteMayShowTheUpstreamsHostWithoutItsUsualPort(
      String scheme, String host, int port, String expected) {
    UpstreamRequest built =
        build(
            webSocket(),
            "websocket",
            Routes.withUpstreamHost(),
            Routes.upstream(scheme, host, port, ""));

    assertThat(parsed(built).values("Host")).containsExactly(expected);
  }

  @Test
  void rulesRemoveThenSetThenAdd() {
    Route route =
        Routes.withRequestRules(
            new HeaderRules(
                Map.of("X-Set", "new"),
                Map.of("X-Add", List.of("1", "2"), "x-set", List.of("more")),
                Set.of("cookie", "x-add")));
    Requests request =
        webSocket()
            .adding("Cookie", "a")
            .adding("x-set", "old")
            .adding("X-Set", "older")
            .adding("X-Add", "0");

    assertThat(sent(request, route))
        .extracting(
            headers -> headers.values("Cookie"),
            headers -> headers.values("X-Set"),
            headers -> headers.values("X-Add"))
        .containsExactly(List.of(), List.of("new", "more"), List.of("1", "2"));
  }

  @Test
  void rulesAlsoTakeWhatUpstreamsReadAsTheSameName() {
    Route route =
        Routes.withRequestRules(
            new HeaderRules(Map.of("X-Tenant", "blue"), Map.of(), Set.of("x_debug")));
    Requests request = webSocket().adding("X_Tenant", "red").adding("X-Debug", "1");

    assertThat(sent(request, route).fields())
        .doesNotContain(new Headers.Field("X_Tenant", "red"), new Headers.Field("X-Debug", "1"))
        .contains(new Headers.Field("X-Tenant", "blue"));
  }

  @Test
  void butNoneTakesWhatAnotherOneSets() {
    Map<String, String> both = new LinkedHashMap<>();
    both.put("X-Tenant", "1");
    both.put("X_Tenant", "2");
    Route route = Routes.withRequestRules(new HeaderRules(both, Map.of(), Set.of()));

    assertThat(sent(webSocket(), route).fields())
        .containsSubsequence(
            new Headers.Field("X-Tenant", "1"), new Headers.Field("X_Tenant", "2"));
  }

  @Test
  void norWhatTheHandshakeHangsOn() {
    Route route =
        Routes.withRequestRules(
            new HeaderRules(Map.of("Sec_WebSocket_Key", "x"), Map.of(), Set.of()));

    assertThat(sent(webSocket(), route).values("Sec-WebSocket-Key")).containsExactly(KEY);
  }

  @Test
  void rulesMayChangeForwardingFields() {
    Route route =
        Routes.withRequestRules(
            new HeaderRules(Map.of("X-Forwarded-For", "hidden"), Map.of(), Set.of("forwarded")));

    assertThat(sent(webSocket(), route))
        .extracting(
            headers -> headers.values("X-Forwarded-For"), headers -> headers.values("Forwarded"))
        .containsExactly(List.of("hidden"), List.of());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Connection",
        "Upgrade",
        "Content-Length",
        "Transfer-Encoding",
        "Sec-WebSocket-Key",
        "Sec-WebSocket-Version"
      })
  void rulesDoNotTouchWhatTheHandshakeHangsOn(String name) {
    HeaderRules rules =
        new HeaderRules(Map.of(name, "x"), Map.of(name, List.of("y")), Set.of(Ascii.lower(name)));

    assertThat(sent(webSocket(), Routes.withRequestRules(rules)))
        .isEqualTo(sent(webSocket(), Routes.PLAIN));
  }

  @Test
  void aRuleThatCannotBeSentIsTheGatewaysFault() {
    Route route =
        Routes.withRequestRules(new HeaderRules(Map.of("X-A", "a\r\nX-B: b"), Map.of(), Set.of()));

    assertThat(build(webSocket(), "websocket", route, Routes.UPSTREAM))
        .isEqualTo(
            Refusal.error(
                "X-A: character 0x0d at 1 (expected: no control characters, ISO 8859-1)"));
  }

  @Test
  void aTemplateThatCannotBeSentIsTheGatewaysFault() {
    UpstreamRequest built =
        build(webSocket(), "websocket", Routes.rewriting("/a b{path}"), Routes.UPSTREAM);

    assertThat(built)
        .isEqualTo(Refusal.error("rewrite: character 0x20 at 2 (expected: printable ASCII)"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a\rb", "a\nb", "a\r\n b", "a\u0000b", "a\u007f", "\u20ac", "\u0085\u0100"})
  void aValueThatCannotBeSentIs400(String value) {
    assertThat(refused(webSocket().adding("X-A", value)).status()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "X A", "X:A", "X\r\nA", "X-A ", "\u00e9", "X(A)"})
  void aNameThatCannotBeSentIs400(String name) {
    assertThat(refused(webSocket().adding(name, "1")).status()).isEqualTo(400);
  }

  @Test
  void theRefusalDoesNotShowTheValue() {
    assertThat(refused(webSocket().adding("Authorization", "secret\n")).detail())
        .isEqualTo(
            "Authorization: character 0x0a at 6 (expected: no control characters, ISO 8859-1)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "G T", "GET\r\n", "G\u00c9T"})
  void aMethodThatIsNoTokenIs400(String method) {
    assertThat(refused(webSocket().method(method)).status()).isEqualTo(400);
  }

  @Test
  void aRequestWithoutHostIs400() {
    assertThat(refused(webSocket().dropping("Host")).status()).isEqualTo(400);
  }

  private static Headers sent(Requests request, Route route) {
    return parsed(build(request, "websocket", route, Routes.UPSTREAM));
  }

  private static Headers parsed(UpstreamRequest built) {
    String head = ((UpstreamRequest.Heads) built).texts().get(0);
    return new Headers(
        head.lines()
            .skip(1)
            .filter(line -> !line.isEmpty())
            .map(
                line ->
                    new Headers.Field(
                        line.substring(0, line.indexOf(':')),
                        line.substring(line.indexOf(':') + 2)))
            .toList());
  }

  private static String head(Requests request, Route route) {
    UpstreamRequest built = build(request, "websocket", route, Routes.UPSTREAM);
    return ((UpstreamRequest.Heads) built).texts().get(0);
  }

  private static Refusal refused(Requests request) {
    return assertThat(build(request, "websocket", Routes.PLAIN, Routes.UPSTREAM))
        .asInstanceOf(InstanceOfAssertFactories.type(Refusal.class))
        .actual();
  }

  private static UpstreamRequest build(
      Requests requests, String token, Route route, Upstream upstream) {
    ClientRequest request = requests.request();
    return UpstreamRequest.build(
        request, token, route, upstream, ForwardedClient.of(request, PRIVATE_PROXIES));
  }
}
