package dev.culvert.handshake;

import dev.culvert.config.Route;
import dev.culvert.config.Upstream;
import java.util.Optional;
import java.util.OptionalInt;

/** What requests to upstreams have in common, whether they upgrade or not. */
final class RequestParts {

  private RequestParts() {}

  /** Why the client's request must not be sent on. */
  static Optional<String> fault(ClientRequest request) {
    if (!FieldSyntax.isToken(request.method())) {
      return Optional.of(Detail.of("method", request.method(), "a token"));
    }
    if (request.host().isEmpty()) {
      return Optional.of(Detail.of("Host", request.headers().values("Host"), "one host"));
    }
    return Target.fault(request).or(() -> FieldSyntax.fault(request.headers()));
  }

  /** The {@code Host} that the upstream sees. */
  static String host(ClientRequest request, Route route, Upstream.Address address) {
    return switch (route.hostHeader()) {
      case PASS -> request.host().map(Authority::toString).orElseThrow();
      case UPSTREAM -> usualAuthority(address);
    };
  }

  /** The authority of an address, without a port that is the scheme's own. */
  static String usualAuthority(Upstream.Address address) {
    boolean usual = Schemes.defaultPort(address.scheme()).equals(OptionalInt.of(address.port()));
    return usual ? address.host() : address.authority();
  }
}
