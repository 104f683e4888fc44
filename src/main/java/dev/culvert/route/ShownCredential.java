package dev.culvert.route;

import static java.util.function.Predicate.not;

import dev.culvert.config.HeaderNames;
import dev.culvert.config.HeaderRules;
import dev.culvert.config.Route;
import dev.culvert.config.Upstream;
import dev.culvert.handshake.ClientRequest;
import dev.culvert.handshake.Headers;
import dev.culvert.provider.Credential;
import java.util.List;
import java.util.Set;

/**
 * Finds out whose credential an upstream gets to see. What may be a caller's counts as his: an
 * upstream that refuses one caller must not be left alone by all others for that.
 */
final class ShownCredential {

  private static final String AUTHORIZATION = "authorization";

  /** Folded. In the latter browsers send tokens; no rule sets it. */
  private static final Set<String> NAMES = Set.of("cookie", "sec-websocket-protocol");

  /** What names of headers with credentials have in them. */
  private static final List<String> TELLING = List.of("key", "token", "auth", "secret");

  /** Fields of the handshake itself. */
  private static final String WEBSOCKET = "sec-websocket-";

  private ShownCredential() {}

  /** The credential of a request on a route whose mode shows the upstream's accounts. */
  static Credential of(Route route, Upstream upstream, ClientRequest request) {
    return upstream.accounts().isEmpty() ? ofCaller(route, request) : Credential.ACCOUNT;
  }

  /**
   * The credential of a request to an upstream without accounts, or on a route whose mode shows
   * none.
   *
   * @param request the client's
   */
  static Credential ofCaller(Route route, ClientRequest request) {
    HeaderRules rules = route.requestHeaders();
    Set<String> ours = HeaderNames.folded(rules.set().keySet());
    ours.addAll(HeaderNames.folded(rules.add().keySet()));
    Set<String> replaced = rules.replaced();
    Headers his = sent(route, request).without(name -> replaced.contains(HeaderNames.folded(name)));
    // His own Authorization is what is refused, whatever else a rule shows besides.
    boolean hisFirst = his.contains(AUTHORIZATION) && !ours.contains(AUTHORIZATION);
    if (ours.stream().anyMatch(ShownCredential::mayBeOne) && !hisFirst) {
      return Credential.SHARED;
    }
    return showsOne(his) || showsQuery(route, request) ? Credential.CALLER : Credential.NONE;
  }

  /** Turns show the upstream some headers only. */
  private static Headers sent(Route route, ClientRequest request) {
    return route.mode() == Route.Mode.TURNS
        ? request.headers().without(not(route.turn().headers()::contains))
        : request.headers();
  }

  /** Keys are sent in queries, too. */
  private static boolean showsQuery(Route route, ClientRequest request) {
    boolean passed = route.rewrite().map(template -> template.contains("{query}")).orElse(true);
    return passed && request.query().filter(not(String::isEmpty)).isPresent();
  }

  private static boolean showsOne(Headers headers) {
    for (Headers.Field field : headers.fields()) {
      if (mayBeOne(HeaderNames.folded(field.name()))) {
        return true;
      }
    }
    return false;
  }

  private static boolean mayBeOne(String name) {
    return NAMES.contains(name) || (!name.startsWith(WEBSOCKET) && isTelling(name));
  }

  private static boolean isTelling(String name) {
    for (String part : TELLING) {
      if (name.contains(part)) {
        return true;
      }
    }
    return false;
  }
}
