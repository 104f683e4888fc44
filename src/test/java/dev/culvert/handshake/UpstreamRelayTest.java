package dev.culvert.handshake;

import static dev.culvert.handshake.Responses.GOOD;
import static dev.culvert.handshake.Responses.assertMismatch;
import static dev.culvert.handshake.Responses.response;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.boundary.DialResult;
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

/** Answers of an upstream that do not switch protocols, and dials without an answer. */
class UpstreamRelayTest {

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
    assertMismatch(Responses.judge(response(status, Headers.NONE, "", false), Routes.PLAIN));
  }

  @ParameterizedTest
  @CsvSource({"'X\r\nY', 1", "X, '1\r\nSet-Cookie: a'", "X, '1\u0000'", "'', 1", "X, \u20ac"})
  void aHeaderThatCannotBeSentOnIsABadResponse(String name, String value) {
    assertMismatch(
        Responses.judge(response(200, Headers.of(name, value), "", false), Routes.PLAIN));
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
                Responses.judge(response(101, GOOD, "", false), Routes.PLAIN).outcome(),
                relayed(response(200, Headers.NONE, "", false), Routes.PLAIN).outcome()))
        .containsExactly(Outcome.OPENED, Outcome.RELAYED);
  }

  private static UpstreamResponse.Relay relayed(DialResult result, Route route) {
    return assertThat(Responses.judge(result, route))
        .asInstanceOf(InstanceOfAssertFactories.type(UpstreamResponse.Relay.class))
        .actual();
  }

  private static Refusal failed(String outcome, String detail) {
    DialResult result = new DialResult(outcome, 0, 0, List.of(), new byte[0], false, 0, detail);
    return assertThat(Responses.judge(result, Routes.PLAIN))
        .asInstanceOf(InstanceOfAssertFactories.type(Refusal.class))
        .actual();
  }
}
