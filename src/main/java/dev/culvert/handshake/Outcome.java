package dev.culvert.handshake;

/** How a handshake ended: the {@code outcome} of {@code culvert_handshakes_total}. */
public enum Outcome {
  /** A stream opened. */
  OPENED("opened"),
  /** The client's request cannot be upgraded here. */
  REFUSED("refused"),
  /** The caller's role or origin is not allowed. */
  FORBIDDEN("forbidden"),
  /** The upstream answered something else than an upgrade, and the client got that answer. */
  RELAYED("relayed"),
  /** No address of the upstream could be connected. */
  CONNECT_FAILED("connect-failed"),
  /** The upstream's answer is broken or does not fit the request. */
  BAD_RESPONSE("bad-response"),
  /** The upstream did not answer in time. */
  TIMEOUT("timeout"),
  /** The route carries its maximum of streams. */
  LIMIT("limit"),
  /** No upstream of the route may be used. */
  UNAVAILABLE("unavailable"),
  /** The client left before it was answered. */
  CLIENT_GONE("client-gone"),
  /** A fault of the gateway. */
  ERROR("error");

  private final String label;

  Outcome(String label) {
    this.label = label;
  }

  /** The value of the tag. */
  public String label() {
    return label;
  }
}
