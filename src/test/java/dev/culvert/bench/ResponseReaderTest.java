package dev.culvert.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseReaderTest {

  private static final String LENGTH =
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nCONTENT-LENGTH:  10\r\n\r\n0123456789";
  private static final String CHUNKED =
      "HTTP/1.1 200 \r\ntransfer-encoding: Chunked\r\n\r\n"
          + "4;name=value\r\n0123\r\n06\r\n456789\r\n0\r\nA: trailer\r\n\r\n";

  private final ResponseReader response = new ResponseReader();

  @ParameterizedTest
  @ValueSource(strings = {LENGTH, CHUNKED})
  void findsTheBodyByteByByte(String text) throws ProtocolException {
    StringBuilder body = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      assertThat(response.isOver()).as("before byte %d", i).isFalse();
      body.append(body(bytes(text.substring(i, i + 1))));
    }

    assertThat(body).hasToString("0123456789");
    assertThat(response.isOver()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {LENGTH, CHUNKED})
  void findsTheBodyInOnePieceAndTakesNothingAfterIt(String text) throws ProtocolException {
    ByteBuffer bytes = bytes(text + text);

    assertThat(body(bytes)).isEqualTo("0123456789");
    assertThat(response.isOver()).isTrue();
    assertThat(bytes.remaining()).isEqualTo(text.length());

    response.next();
    assertThat(body(bytes)).isEqualTo("0123456789");
    assertThat(response.isOver()).isTrue();
  }

  @Test
  void seesThatTheConnectionEnds() throws ProtocolException {
    assertThat(body(bytes("HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n")))
        .isEmpty();
    assertThat(response.isOver()).isTrue();
    assertThat(response.isClosing()).isTrue();

    response.next();
    assertThat(response.isClosing()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP/1.1 404 Not Found, response: HTTP/1.1 404 NOT FOUND (expected: HTTP/1.1 200)",
    "'HTTP/1.1 200 OK\r\nA: b\r\n', response: neither Content-Length nor chunked",
    "'HTTP/1.1 200 OK\r\nContent-Length: x', 'line: CONTENT-LENGTH: X (expected: a number)'",
  })
  void refusesOtherResponses(String text, String message) {
    assertThatThrownBy(() -> body(bytes(text + "\r\n")))
        .isInstanceOf(ProtocolException.class)
        .hasMessage(message);
  }

  private String body(ByteBuffer bytes) throws ProtocolException {
    StringBuilder body = new StringBuilder();
    for (int count = response.skipToBody(bytes); count > 0; count = response.skipToBody(bytes)) {
      byte[] part = new byte[count];
      bytes.get(part);
      body.append(new String(part, StandardCharsets.US_ASCII));
      response.taken(count);
    }
    return body.toString();
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }
}
