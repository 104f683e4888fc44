package dev.culvert.handshake;

import dev.culvert.config.Route;
import java.util.Locale;
import java.util.Optional;

/**
 * The head of the answer that a client of a route in mode {@code http} gets, or why it gets another
 * one.
 */
public sealed interface ProxiedResponse permits ProxiedResponse.Ready, Refusal {

  /**
   * A head.
   *
   * @param status 200 to 599
   * @param headers without those of the connection and {@code Content-Length}
   * @param flushed whether bytes are to go out as they come: the client may be waiting for each
   */
  record Ready(int status, Headers headers, boolean flushed) implements ProxiedResponse {}

  /**
   * Makes it of the upstream's.
   *
   * @param lengthKnown whether the upstream said how long the body is
   */
  static ProxiedResponse build(int status, Headers upstream, boolean lengthKnown, Route route) {
    Optional<String> fault = FieldSyntax.fault(upstream);
    if (fault.isPresent()) {
      return Refusal.badGateway(Outcome.BAD_RESPONSE, "upstream " + fault.get());
    }
    if (status < 200 || status > 599) {
      return Refusal.badGateway(
          Outcome.BAD_RESPONSE, "upstream status: %d (expected: 200 to 599)".formatted(status));
    }
    Headers headers =
        HeaderEdits.apply(HopByHop.remove(upstream), route.responseHeaders(), HopByHop::isNamed);
    return FieldSyntax.fault(headers)
        .<ProxiedResponse>map(Refusal::error)
        .orElseGet(() -> new Ready(status, headers, isFlushed(upstream, lengthKnown)));
  }

  /** Events, lengths that are not known yet, and streams of the kind of gRPC. */
  private static boolean isFlushed(Headers upstream, boolean lengthKnown) {
    String type = upstream.single("Content-Type").orElse("").toLowerCase(Locale.ROOT);
    return !lengthKnown
        || type.startsWith("text/event-stream")
        || type.startsWith("application/grpc");
  }
}
