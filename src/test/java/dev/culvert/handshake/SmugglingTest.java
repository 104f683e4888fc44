package dev.culvert.handshake;

import static dev.culvert.handshake.Requests.PRIVATE_PROXIES;
import static dev.culvert.handshake.Requests.webSocket;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a client sends, the upstream gets exactly one well-formed request without a body. */
class SmugglingTest {

  private static final int RUNS_PER_SEED = 500;

  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
  private static final String REQUEST_LINE = TOKEN + " /[!\"$-~]* HTTP/1\\.1\\r\\n";
  private static final String FIELD_LINE = TOKEN + ": [\\t\\x20-\\x7e\\x80-\\xff]*+\\r\\n";
  private static final Pattern HEAD =
      Pattern.compile(REQUEST_LINE + "(?:" + FIELD_LINE + ")++\\r\\n");

  private static final List<String> NAMES =
      List.of(
          "Host",
          "Connection",
          "Upgrade",
          "Content-Length",
          "Transfer-Encoding",
          "transfer-encoding",
          "Transfer_Encoding",
          "Transfer-Encoding ",
          "Transfer-Encoding\u0000",
          "X-Forwarded-For",
          "X-Forwarded-Host",
          "X-Forwarded-Proto",
          "Forwarded",
          "Sec-WebSocket-Protocol",
          "Cookie",
          "X:Y",
          "X\r\nY",
          "\r\n",
          "");

  private static final List<String> PIECES =
      List.of(
          "a",
          "b.test",
          "10.0.0.9",
          "chunked",
          "Upgrade",
          "Transfer-Encoding",
          "0",
          ", ",
          ";",
          "\"",
          "\\",
          ":",
          " ",
          "\t",
          "/",
          "..",
          "%0D%0A",
          "%2F",
          "{path}",
          "{query}",
          "$1",
          "\u00e9",
          "\u00ff",
          "\u0085",
          "\r",
          "\n",
          "\r\n",
          "\r\n\r\nGET /admin HTTP/1.1\r\nHost: x\r\n",
          "\u0000",
          "\u000b",
          "\u007f",
          "\u010d\u010a",
          "\u560d\u560a");

  static IntStream seeds() {
    return IntStream.rangeClosed(1, 20);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aHeadIsWellFormedWhateverTheClientSends(int seed) {
    assertThat(heads(seed)).isNotEmpty().allMatch(head -> HEAD.matcher(head).matches());
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aHeadHasOneHostOneConnectionOneUpgradeAndNoBody(int seed) {
    assertThat(heads(seed))
        .allSatisfy(
            head ->
                assertThat(
                        Stream.of(
                                "host",
                                "connection",
                                "upgrade",
                                "content-length",
                                "transfer-encoding")
                            .map(name -> occurrences(name, head)))
                    .containsExactly(1L, 1L, 1L, 0L, 0L));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void anUntrustedPeerCannotSayWhoItIs(int seed) {
    assertThat(heads(seed))
        .allMatch(head -> head.contains("\r\nX-Forwarded-For: 192.0.2.7\r\n"))
        .allMatch(head -> occurrences("x-forwarded-for", head) == 1)
        .allMatch(head -> occurrences("forwarded", head) == 1);
  }

  @Test
  void everyControlCharacterIsRefusedInValuesAndTargets() {
    assertThat(IntStream.range(0, 0x20).filter(c -> c != '\t').mapToObj(Character::toString))
        .allMatch(c -> head(webSocket().adding("X", c)).isEmpty())
        .allMatch(c -> head(webSocket().path("/" + c)).isEmpty())
        .allMatch(c -> head(webSocket().query(c)).isEmpty())
        .allMatch(c -> head(webSocket().method("G" + c)).isEmpty())
        .allMatch(c -> head(webSocket().setting("Host", c)).isEmpty());
  }

  private static List<String> heads(int seed) {
    Random random = new Random(seed);
    return Stream.generate(() -> anything(random))
        .limit(RUNS_PER_SEED)
        .flatMap(request -> head(request).stream())
        .toList();
  }

  private static Requests anything(Random random) {
    Requests request = webSocket();
    if (random.nextInt(4) == 0) {
      request = request.path("/" + text(random));
    }
    if (random.nextInt(4) == 0) {
      request = request.query(text(random));
    }
    if (random.nextInt(8) == 0) {
      request = request.setting("Host", text(random));
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      request = request.adding(NAMES.get(random.nextInt(NAMES.size())), text(random));
    }
    return request;
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(4); i >= 0; i--) {
      text.append(PIECES.get(random.nextInt(PIECES.size())));
    }
    return text.toString();
  }

  private static Optional<String> head(Requests requests) {
    ClientRequest request = requests.request();
    UpstreamRequest built =
        UpstreamRequest.build(
            request,
            "websocket",
            Routes.rewriting("{path}?{query}"),
            Routes.UPSTREAM,
            ForwardedClient.of(request, PRIVATE_PROXIES));
    return built instanceof UpstreamRequest.Heads heads
        ? Optional.of(heads.texts().get(0))
        : Optional.empty();
  }

  private static long occurrences(String name, String head) {
    return head.lines().filter(line -> Ascii.lower(line).startsWith(name + ":")).count();
  }
}
