package dev.culvert.handshake;

import java.time.Duration;
import java.util.Optional;

/**
 * An answer of the gateway's own instead of an upgrade.
 *
 * @param outcome label for the metrics
 * @param status HTTP status, 400 to 599
 * @param headers that the answer needs; they include {@code Connection} where the status asks for
 *     it
 * @param detail for the log: always one line of printable ASCII. With {@link Outcome#REFUSED} and
 *     {@link Outcome#FORBIDDEN} it shows nothing that the client does not know or may not learn;
 *     otherwise it may name upstreams
 */
public record Refusal(Outcome outcome, int status, Headers headers, String detail)
    implements ClientHandshake,
        ProxiedRequest,
        ProxiedResponse,
        SocketRequest,
        UpstreamRequest,
        UpstreamResponse {

  /** Seconds. Streams live long, so a place is not free at once; clients add their own backoff. */
  private static final String RETRY_AFTER = "5";

  /** Escapes the detail and cuts it to a few hundred characters. */
  public Refusal {
    detail = Detail.text(detail);
  }

  /** 403: the caller may not use the route. */
  public static Refusal forbidden(String detail) {
    return new Refusal(Outcome.FORBIDDEN, 403, Headers.NONE, detail);
  }

  /** 503: no upstream of the route may be used. */
  public static Refusal unavailable(String detail) {
    return later(Outcome.UNAVAILABLE, detail);
  }

  /**
   * 503: no upstream of the route may be used before some time is over.
   *
   * @param retryAfter what the client is told; empty = a few seconds
   */
  public static Refusal unavailable(String detail, Optional<Duration> retryAfter) {
    return retryAfter
        .map(
            time ->
                new Refusal(
                    Outcome.UNAVAILABLE,
                    503,
                    Headers.of("Retry-After", Long.toString(Math.max(1, seconds(time)))),
                    detail))
        .orElseGet(() -> unavailable(detail));
  }

  /** Rounded up: who comes too early comes in vain. */
  private static long seconds(Duration time) {
    return time.plusSeconds(1).minusNanos(1).toSeconds();
  }

  /** 500: a fault of the gateway or of its configuration. */
  public static Refusal error(String detail) {
    return new Refusal(Outcome.ERROR, 500, Headers.NONE, detail);
  }

  /** 400: what the client asks for is not clear, or not allowed to anybody. */
  public static Refusal badRequest(String detail) {
    return refused(400, Headers.NONE, detail);
  }

  /** A request that is the client's fault. */
  public static Refusal refused(int status, Headers headers, String detail) {
    return new Refusal(Outcome.REFUSED, status, headers, detail);
  }

  static Refusal badGateway(Outcome outcome, String detail) {
    return new Refusal(outcome, 502, Headers.NONE, detail);
  }

  /** 503: not now; the client is told when to ask again. */
  public static Refusal later(Outcome outcome, String detail) {
    return new Refusal(outcome, 503, Headers.of("Retry-After", RETRY_AFTER), detail);
  }
}
