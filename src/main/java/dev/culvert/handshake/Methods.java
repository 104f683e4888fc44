package dev.culvert.handshake;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Which methods a route in mode {@code http} passes on. */
public final class Methods {

  /** These are about proxies themselves. */
  private static final Set<String> NOT_PASSED_ON = Set.of("CONNECT", "TRACE");

  /** What {@code Allow} says of them. */
  public static final String ALLOWED = "GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH";

  private static final Set<String> STANDARD =
      Set.of(
          "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY");

  private Methods() {}

  /**
   * Checks the method.
   *
   * <p>Methods are case-sensitive (RFC 9110 section 9.1), so that {@code head} is not {@code HEAD};
   * but who compares without case takes it for that, and then the two sides of a connection do not
   * agree where the answer ends.
   *
   * @return 405 for {@code CONNECT} and {@code TRACE}, 501 for a standard method in another letter
   *     case; empty when the method may pass
   */
  public static Optional<Refusal> check(ClientRequest request) {
    String method = request.method();
    if (NOT_PASSED_ON.contains(method)) {
      return Optional.of(
          Refusal.refused(
              405,
              Headers.of("Allow", ALLOWED),
              "method: " + method + " (expected: neither CONNECT nor TRACE)"));
    }
    String standard = method.toUpperCase(Locale.ROOT);
    return STANDARD.contains(standard) && !standard.equals(method)
        ? Optional.of(
            Refusal.refused(
                501, Headers.NONE, "method: " + method + " (expected: " + standard + ")"))
        : Optional.empty();
  }
}
