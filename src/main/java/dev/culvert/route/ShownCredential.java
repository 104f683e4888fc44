package dev.culvert.route;

import static java.util.function.Predicate.not;

import dev.culvert.config.HeaderRules;
import dev.culvert.config.Route;
import dev.culvert.config.Upstream;
import dev.culvert.handshake.ClientRequest;
import dev.culvert.handshake.Headers;
import dev.culvert.provider.Credential;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds out whose credential an upstream gets to see. What may be a caller's counts as his: an
 * upstream that refuses one caller must not be left alone by all others for that.
 */
final class ShownCredential {

  private static final String AUTHORIZATION = "authorization";

  /** In lower case. */
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
    Set<String> ours = lower(Stream.of(rules.set(), rules.add()).flatMap(m -> m.keySet().stream()));
    Set<String> replaced =
        lower(Stream.concat(rules.set().keySet().stream(), rules.remove().stream()));
    Headers his = sent(route, request).without(replaced::contains);
    // His own Authorization is what is refused, whatever else a rule shows besides.
    boolean hisFirst = his.contains(AUTHORIZATION) && !ours.contains(AUTHORIZATION);
    if (ours.stream().anyMatch(ShownCredential::mayBeOne) && !hisFirst) {
      return Credential.SHARED;
    }
    boolean shown =
        his.fields().stream().anyMatch(field -> mayBeOne(lower(field.name())))
            || showsQuery(route, request);
    return shown ? Credential.CALLER : Credential.NONE;
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

  private static boolean mayBeOne(String name) {
    return NAMES.contains(name)
        || (!name.startsWith(WEBSOCKET) && TELLING.stream().anyMatch(name::contains));
  }

  private static Set<String> lower(Stream<String> names) {
    return names.map(ShownCredential::lower).collect(Collectors.toSet());
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
