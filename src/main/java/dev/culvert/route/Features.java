package dev.culvert.route;

import dev.culvert.config.Feature;
import dev.culvert.config.Route;
import dev.culvert.handshake.ClientRequest;
import dev.culvert.handshake.ForwardedClient;
import dev.culvert.provider.Ask;
import dev.culvert.turn.Digest;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What tells requests apart.
 *
 * @param user name of the caller, empty when anonymous
 */
record Features(ClientRequest request, ForwardedClient client, String user) {

  private static final Pattern SESSION = Pattern.compile("[A-Za-z0-9._:@/+=-]{1,200}");

  /** A property; empty for one that the request lacks. */
  Optional<String> of(Feature feature) {
    return switch (feature.kind()) {
      case HEADER -> request.headers().values(feature.name()).stream().findFirst();
      case COOKIE -> cookie(feature.name());
      case CLIENT -> Optional.of(client.addressText());
      case USER -> Optional.of(user).filter(name -> !name.isEmpty());
    };
  }

  private Optional<String> cookie(String name) {
    return request.headers().values("Cookie").stream()
        .flatMap(line -> Pattern.compile("; *").splitAsStream(line))
        .filter(pair -> pair.startsWith(name + "="))
        .map(pair -> pair.substring(name.length() + 1))
        .findFirst();
  }

  /** The session of the request, by the most telling property that it has. */
  Optional<String> session(Route route) {
    return route.session().stream()
        .flatMap(feature -> of(feature).stream())
        .filter(value -> !value.isEmpty())
        .findFirst()
        .map(value -> SESSION.matcher(value).matches() ? value : Digest.of(List.of(value)));
  }

  /** What selection may know. */
  Ask ask(Route route, Predicate<String> inGroup) {
    return new Ask(session(route), inGroup, this::of);
  }
}
