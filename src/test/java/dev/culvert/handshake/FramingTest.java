package dev.culvert.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FramingTest {

  private static Headers fields(String text) {
    Headers headers = Headers.NONE;
    for (String field : text.split("\n", -1)) {
      int colon = field.indexOf(':');
      headers = headers.with(field.substring(0, colon), field.substring(colon + 1).strip());
    }
    return headers;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Any: 1",
        "Content-Length: 0",
        "content-length: 300",
        "Transfer-Encoding: chunked",
        "transfer-encoding: Chunked"
      })
  void one_length_or_chunks_are_clear(String text) {
    assertThat(Framing.check("HTTP/1.1", fields(text))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HTTP/1.1 | Transfer-Encoding: gzip, chunked                          | 501",
        "HTTP/1.1 | Transfer-Encoding: gzip\\nTransfer-Encoding: chunked      | 501",
        "HTTP/1.1 | Transfer-Encoding: gzip                                   | 400",
        "HTTP/1.1 | Transfer-Encoding: identity                               | 400",
        "HTTP/1.1 | Transfer-Encoding: chunked, gzip                          | 400",
        "HTTP/1.1 | Transfer-Encoding: chunked, chunked                       | 400",
        "HTTP/1.1 | Transfer-Encoding: chunked\\nTransfer-Encoding: chunked   | 400",
        "HTTP/1.1 | Transfer-Encoding: xchunked                               | 400",
        "HTTP/1.1 | Transfer-Encoding: chunked;a=b                            | 400",
        "HTTP/1.1 | Transfer-Encoding:                                        | 400",
        "HTTP/1.1 | Transfer-Encoding: chunked\\nContent-Length: 4            | 400",
        "HTTP/1.0 | Transfer-Encoding: chunked                                | 400",
        "HTTP/2.0 | Transfer-Encoding: chunked                                | 400",
        "HTTP/1.1 | Content-Length: +4                                        | 400",
        "HTTP/1.1 | Content-Length: 4, 4                                      | 400",
        "HTTP/1.1 | Content-Length: 4\\nContent-Length: 4                     | 400",
        "HTTP/1.1 | Content-Length:                                           | 400"
      })
  void all_else_is_refused_and_closes_the_connection(String protocol, String text, int status) {
    Refusal refusal = Framing.check(protocol, fields(text.replace("\\n", "\n"))).orElseThrow();

    assertThat(refusal.status()).isEqualTo(status);
    assertThat(refusal.headers()).isEqualTo(Headers.of("Connection", "close"));
  }

  @Test
  void a_refusal_says_what_was_found_and_expected() {
    Headers headers = fields("Transfer-Encoding: gzip, chunked");

    assertThat(Framing.check("HTTP/1.1", headers).orElseThrow().detail())
        .isEqualTo("Transfer-Encoding: gzip, chunked (expected: chunked)");
    assertThat(Framing.check("HTTP/1.0", headers).orElseThrow().detail())
        .isEqualTo("Transfer-Encoding: gzip, chunked (expected: absent, with HTTP/1.0)");
  }
}
