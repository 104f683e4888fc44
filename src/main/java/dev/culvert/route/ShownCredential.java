package dev.culvert.route;

import dev.culvert.config.HeaderRules;
import dev.culvert.config.Route;
import dev.culvert.config.Upstream;
import dev.culvert.handshake.Headers;
import dev.culvert.provider.Credential;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds out whose credential an upstream gets to see. */
final class ShownCredential {

  /** In lower case. */
  private static final Set<String> NAMES =
      Set.of("authorization", "cookie", "x-api-key", "api-key");

  private ShownCredential() {}

  /**
   * The credential of a request to an upstream without accounts, or on a route whose mode shows
   * none.
   *
   * @param headers of the client's request
   */
  static Credential ofCaller(Route route, Headers headers) {
    HeaderRules rules = route.requestHeaders();
    Set<String> replaced =
        Stream.concat(rules.set().keySet().stream(), rules.remove().stream())
            .map(name -> name.toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet());
    boolean own =
        NAMES.stream().anyMatch(name -> !replaced.contains(name) && headers.contains(name));
    return own ? Credential.CALLER : Credential.NONE;
  }

  /** The credential of a request on a route whose mode shows the upstream's accounts. */
  static Credential of(Route route, Upstream upstream, Headers headers) {
    return upstream.accounts().isEmpty() ? ofCaller(route, headers) : Credential.ACCOUNT;
  }
}
