package dev.culvert.http;

/**
 * Why an exchange with an upstream broke off.
 *
 * @param kind of fault
 * @param sent whether the upstream may have seen the request, in part at least
 * @param detail for the log, no secret in it
 */
public record Fault(Kind kind, boolean sent, String detail) {

  /** Kinds of faults. */
  public enum Kind {
    /** There can be no such request, whatever upstream it is for. */
    REQUEST,
    /** No connection: name, route, TLS. */
    CONNECT,
    /** The connection broke. */
    RESET,
    /** So did one that was kept from an earlier request, before it brought anything. */
    STALE,
    /** What came is no HTTP. */
    PROTOCOL,
    /** A time limit. */
    TIMEOUT,
    /** A time limit, and the client was to send or to take something. */
    CLIENT_TIMEOUT,
    /** No place under the cap of connections. */
    OVERLOAD,
    /** It was cancelled from this side. */
    CANCELLED
  }
}
