package dev.culvert.host.dial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.boundary.DialResult;
import dev.culvert.host.loop.Peer;
import dev.culvert.host.wire.Wire;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an upstream answers to a request to upgrade. */
class DialResponseTest extends Dialling {

  @Test
  void a101ComesWithItsConnectionAndTheBytesAfterIt() throws Exception {
    dial(server.address());
    Peer upstream = answer(SWITCHED + "early bytes");

    DialOutcome outcome = outcome();

    assertThat(outcome.result().outcome()).isEqualTo(DialResult.RESPONSE);
    assertThat(outcome.result().status()).isEqualTo(101);
    assertThat(outcome.result().headers()).containsExactly("Upgrade", "x");
    UpstreamConnection connection = outcome.connection().orElseThrow();
    assertThat(text(connection.early())).isEqualTo("early bytes");
    assertThat(connection.wire().read(ByteBuffer.allocate(Wire.LEAST_ROOM))).isZero();
    connection.wire().close();
    loop.execute(() -> {});
    assertThat(upstream.isHungUp()).isTrue();
  }

  @Test
  void manyEarlyBytesAreKept() throws Exception {
    String early = "0123456789abcdef".repeat(4096);
    dial(server.address());
    answer(SWITCHED + early);

    UpstreamConnection connection = outcome().connection().orElseThrow();

    assertThat(early).startsWith(text(connection.early()));
    connection.wire().close();
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 401, 503})
  void aBodyOfKnownLengthIsKept(int status) throws Exception {
    dial(server.address());
    Peer upstream = answer("HTTP/1.1 " + status + " X\r\nContent-Length: 5\r\n\r\nhello, more");

    assertResponse(status, "hello", false);
    assertThat(upstream.isHungUp()).isTrue();
  }

  @Test
  void aChunkedBodyIsUnwrapped() throws Exception {
    dial(server.address());
    answer(
        lines("HTTP/1.1 401 No^Transfer-Encoding: chunked^^5;e=1^hello^7^, world^0^Trailer: x^^"));

    assertResponse(401, "hello, world", false);
  }

  @Test
  void aBodyMayEndWithTheConnection() throws Exception {
    dial(server.address());
    answer("HTTP/1.0 200 OK\r\n\r\nuntil the end").close();

    assertResponse(200, "until the end", false);
  }

  @ParameterizedTest
  @ValueSource(strings = {"204 No Content", "304 Not Modified"})
  void someResponsesHaveNoBody(String status) throws Exception {
    dial(server.address());
    answer("HTTP/1.1 " + status + "\r\nContent-Length: 7\r\n\r\n");

    assertResponse(Integer.parseInt(status.substring(0, 3)), "", false);
  }

  @ParameterizedTest
  @CsvSource({"Content-Length: 300", "Transfer-Encoding: chunked", "X: until-close"})
  void aBodyAboveTheLimitIsCut(String framing) throws Exception {
    String body = "b".repeat(300);
    String wire = framing.endsWith("chunked") ? "12c\r\n" + body + "\r\n0\r\n\r\n" : body;
    dial(server.address());
    Peer upstream = answer("HTTP/1.1 500 Oops\r\n" + framing + "\r\n\r\n" + wire);

    assertResponse(500, "b".repeat(MAX_BODY), true);
    assertThat(upstream.isHungUp()).isTrue();
  }

  @Test
  void aBodyAtTheLimitIsWhole() throws Exception {
    dial(server.address());
    answer("HTTP/1.1 500 Oops\r\nContent-Length: 100\r\n\r\n" + "b".repeat(100));

    assertResponse(500, "b".repeat(100), false);
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 102, 103})
  void interimResponsesArePassedOver(int status) throws Exception {
    dial(server.address());
    answer("HTTP/1.1 " + status + " Wait\r\nLink: </x>\r\n\r\n" + SWITCHED);

    DialOutcome outcome = outcome();
    assertThat(outcome.result().status()).isEqualTo(101);
    assertThat(outcome.result().headers()).containsExactly("Upgrade", "x");
    outcome.connection().orElseThrow().wire().close();
  }

  @Test
  void aFewInterimResponsesMayComeInARow() throws Exception {
    dial(server.address());
    answer("HTTP/1.1 100\r\n\r\n".repeat(20) + SWITCHED);

    DialOutcome outcome = outcome();
    assertThat(outcome.result().status()).isEqualTo(101);
    outcome.connection().orElseThrow().wire().close();
  }

  @Test
  void interimResponsesWithoutEndAreABadResponse() throws Exception {
    dial(server.address());
    Peer upstream = answer("HTTP/1.1 100\r\n\r\n".repeat(21));

    assertBad("interim responses: more than 20");
    assertThat(upstream.isHungUp()).isTrue();
  }

  @Test
  void aResponseMayComeByteByByte() throws Exception {
    dial(server.address());
    Peer upstream = server.accept();
    upstream.receiveHead();
    for (byte b :
        "HTTP/1.1 403 No\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
            .getBytes(StandardCharsets.ISO_8859_1)) {
      upstream.send(new byte[] {b});
    }

    assertResponse(403, "abc", false);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | closed without a response",
        "HTTP/1.1 200 O | closed in the middle of the response",
        "HTTP/1.1 200 OK^Content-Length: 5^^hel | closed in the middle of the response",
        "HTTP/1.1 200 OK^Transfer-Encoding: chunked^^5^hel | closed in the middle of the response",
        "HTTP/1.1 100 Continue^^ | closed in the middle of the response",
        "SSH-2.0-OpenSSH_9.2^^ | status line: SSH-2.0-OpenSSH_9.2 (expected: HTTP/1.1 and a status)",
        "HTTP/2 200 OK^^ | status line: HTTP/2 200 OK (expected: HTTP/1.1 and a status)",
        "HTTP/1.1 099 No^^ | status: 099 (expected: 100 to 999)",
        "HTTP/1.1 200 OK^Bad Header: x^^ | header line: Bad Header: x (expected: name: value)",
        "HTTP/1.1 200 OK^ folded^^ | header line:  folded (expected: name: value)",
        "HTTP/1.1 200 OK^Content-Length: 5^Content-Length: 6^^ | Content-Length: [5, 6] (expected: one number)",
        "HTTP/1.1 200 OK^Content-Length: -5^^ | Content-Length: [-5] (expected: one number)",
        "HTTP/1.1 200 OK^Transfer-Encoding: gzip, chunked^^ | Transfer-Encoding: [gzip, chunked] (expected: chunked)",
        "HTTP/1.1 200 OK^Transfer-Encoding: chunked^^xyz^ | chunk size: xyz (expected: a hexadecimal number)",
        "HTTP/1.1 200 OK^Transfer-Encoding: chunked^^2^abc^ | chunk: longer than its size",
      })
  void whatIsNoResponseIsABadResponse(String response, String detail) throws Exception {
    dial(server.address());
    Peer upstream = answer(lines(response)).endOutput();

    assertThat(outcome().result())
        .satisfies(
            result -> {
              assertThat(result.outcome()).isEqualTo(DialResult.BAD_RESPONSE);
              assertThat(result.detail()).isEqualTo(server.address() + ": " + detail);
            });
    assertThat(upstream.isHungUp()).isTrue();
  }

  @Test
  void aHeadAboveTheLimitIsABadResponse() throws Exception {
    dial(server.address());
    Peer upstream = answer("HTTP/1.1 101 X\r\nLong: " + "x".repeat(MAX_HEAD) + "\r\n\r\n");

    assertBad("response head: longer than 4096 bytes");
    assertThat(upstream.isHungUp()).isTrue();
  }

  @Test
  void aHeadAtTheLimitIsRead() throws Exception {
    String start = "HTTP/1.1 204 X\r\nLong: ";
    dial(server.address());
    answer(start + "x".repeat(MAX_HEAD - start.length() - 4) + "\r\n\r\n");

    assertResponse(204, "", false);
  }

  @Test
  void aResetIsABadResponse() throws Exception {
    dial(server.address());
    Peer upstream = server.accept();
    upstream.receiveHead();
    upstream.reset();

    assertBad("Connection reset");
  }

  @Test
  void malformedIsAnExceptionWithAMessage() {
    byte[] head = "HTTP/1.1 200 OK\r\nX: a\u0007b\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

    assertThatThrownBy(() -> ResponseHead.parse(head, head.length))
        .isInstanceOf(ResponseHead.Malformed.class)
        .hasMessage("header value: X: a?b (expected: no control characters)");
  }
}
