package dev.culvert.handshake;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Whether it is clear where a request ends (RFC 9112 section 6). A server that does not understand
 * what the fields say may take the body for the next request of the connection, although whoever
 * sent both, a proxy with several clients, took it for a body.
 */
public final class Framing {

  private static final String TRANSFER_ENCODING = "Transfer-Encoding";
  private static final String CONTENT_LENGTH = "Content-Length";
  private static final String CHUNKED = "chunked";
  private static final Pattern NUMBER = Pattern.compile("[0-9]+");

  /** What else comes on the connection must not be taken for requests. */
  private static final Headers CLOSE = Headers.of("Connection", "close");

  private Framing() {}

  /**
   * Checks the fields that say how long the body is.
   *
   * @param protocol such as {@code HTTP/1.1}
   * @return 501 for a coding beside {@code chunked}, 400 for all else that is not clear, both with
   *     {@code Connection: close}; empty when it is clear
   */
  public static Optional<Refusal> check(String protocol, Headers headers) {
    return codingFault(protocol, headers).or(() -> lengthFault(headers));
  }

  private static Optional<Refusal> codingFault(String protocol, Headers headers) {
    List<String> values = headers.values(TRANSFER_ENCODING);
    if (values.isEmpty()) {
      return Optional.empty();
    }
    if (!protocol.equals("HTTP/1.1")) {
      return unclear(TRANSFER_ENCODING, values, "absent, with " + protocol);
    }
    if (headers.contains(CONTENT_LENGTH)) {
      return unclear(TRANSFER_ENCODING, values, "absent beside " + CONTENT_LENGTH);
    }
    if (values.size() == 1 && isChunked(values.get(0))) {
      return Optional.empty();
    }
    return Optional.of(
        refusal(
            endsOnceWithChunked(headers.tokens(TRANSFER_ENCODING)) ? 501 : 400,
            Detail.of(TRANSFER_ENCODING, values, CHUNKED)));
  }

  /** Then it is clear, for those who know the other codings. */
  private static boolean endsOnceWithChunked(List<String> codings) {
    long chunked = codings.stream().filter(Framing::isChunked).count();
    return chunked == 1 && isChunked(codings.get(codings.size() - 1));
  }

  private static boolean isChunked(String coding) {
    return Ascii.equalIgnoringCase(coding, CHUNKED);
  }

  private static Optional<Refusal> lengthFault(Headers headers) {
    List<String> values = headers.values(CONTENT_LENGTH);
    boolean clear =
        values.isEmpty() || (values.size() == 1 && NUMBER.matcher(values.get(0)).matches());
    return clear ? Optional.empty() : unclear(CONTENT_LENGTH, values, "one number");
  }

  private static Optional<Refusal> unclear(String name, List<String> values, String expected) {
    return Optional.of(refusal(400, Detail.of(name, values, expected)));
  }

  private static Refusal refusal(int status, String detail) {
    return Refusal.refused(status, CLOSE, detail);
  }
}
