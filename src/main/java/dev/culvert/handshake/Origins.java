package dev.culvert.handshake;

import dev.culvert.config.Route;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps pages of other sites from opening streams with a visitor's cookies (RFC 6455 section 10.2).
 */
public final class Origins {

  private static final String ANY = "*";

  private Origins() {}

  /**
   * Checks the {@code Origin} of a request. A request without one does not come from a browser and
   * passes. An empty {@link Route#origins()} takes only the request's own scheme, host and port;
   * otherwise the origin must be listed, {@code null} literally, or any be allowed. Several {@code
   * Origin} fields never pass.
   *
   * @param client the client's scheme and host, from the same request
   * @return the 403 when the origin is not allowed
   */
  public static Optional<Refusal> check(
      ClientRequest request, Route route, ForwardedClient client) {
    List<String> found = request.headers().values("Origin");
    Set<String> allowed = route.origins();
    if (found.isEmpty() || allowed.contains(ANY)) {
      return Optional.empty();
    }
    String own = client.scheme() + "://" + client.host();
    boolean sameOrigin = allowed.isEmpty();
    boolean passes =
        found.size() == 1
            && (sameOrigin ? isSame(found.get(0), own) : isListed(found.get(0), allowed));
    return passes
        ? Optional.empty()
        : Optional.of(
            Refusal.forbidden(Detail.of("Origin", found, sameOrigin ? own : "a listed origin")));
  }

  private static boolean isSame(String origin, String own) {
    Optional<Origin> parsed = Origin.parse(origin);
    return parsed.isPresent() && parsed.equals(Origin.parse(own));
  }

  private static boolean isListed(String origin, Set<String> allowed) {
    return allowed.stream().anyMatch(entry -> entry.equals(origin) || isSame(origin, entry));
  }
}
