package dev.culvert.boundary;

import java.util.List;

/**
 * How an upstream handshake ended.
 *
 * @param outcome one of {@link #RESPONSE}, {@link #CONNECT_FAILED}, {@link #TIMEOUT}, {@link
 *     #BAD_RESPONSE}, {@link #LIMIT}
 * @param address index of the address that was tried last
 * @param status HTTP status of the response, 0 without one
 * @param headers name, value, name, value, in the order received
 * @param body of a response other than 101, with its framing removed; may be cut at the limit
 * @param bodyCut whether the body was longer than the limit
 * @param connection handle of the open connection after a 101, else 0
 * @param detail for the log: what went wrong
 */
@SuppressWarnings("ArrayRecordComponent") // crosses the border as it is, never compared
public record DialResult(
    String outcome,
    int address,
    int status,
    List<String> headers,
    byte[] body,
    boolean bodyCut,
    long connection,
    String detail) {

  /** The upstream answered with a well-formed response. */
  public static final String RESPONSE = "response";

  /** No address could be connected. */
  public static final String CONNECT_FAILED = "connect-failed";

  /** The handshake took longer than allowed. */
  public static final String TIMEOUT = "timeout";

  /** The upstream closed early or sent something that is not HTTP/1.1. */
  public static final String BAD_RESPONSE = "bad-response";

  /** The route carries its maximum of streams; nothing was dialled. */
  public static final String LIMIT = "limit";
}
