package dev.culvert.route;

import java.util.Optional;

/**
 * What a request says of the length of its body, against what has come of it. Where the protocol
 * ends the body by other means, as HTTP/2 does, both may differ (RFC 9113 section 8.1.1); a
 * connection of HTTP/1.1 on which such a body was passed on would take the next request for the
 * rest of it. Belongs to whoever reads the body, and is guarded by him.
 */
final class DeclaredLength {

  private final long declared;
  private long received;

  /**
   * @param declared in bytes, -1 when the request says none
   */
  DeclaredLength(long declared) {
    this.declared = declared;
  }

  /** In bytes, -1 when the request says none. */
  long declared() {
    return declared;
  }

  boolean isDeclared() {
    return declared >= 0;
  }

  /** So many bytes more have come. */
  void add(int count) {
    received += count;
  }

  /** In bytes. */
  long received() {
    return received;
  }

  /** Whether exactly what was declared has come. */
  boolean isReached() {
    return received == declared;
  }

  /** Whether more has come than was declared. */
  boolean isExceeded() {
    return isDeclared() && received > declared;
  }

  /** Why what has come cannot be all of the body that was declared; empty when it can. */
  Optional<String> fault() {
    return isDeclared() && !isReached()
        ? Optional.of(
            "body: " + received + " bytes (expected: " + declared + " by its Content-Length)")
        : Optional.empty();
  }
}
