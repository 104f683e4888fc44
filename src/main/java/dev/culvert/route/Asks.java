package dev.culvert.route;

import static java.util.function.Predicate.not;

import dev.culvert.config.Route;
import dev.culvert.handshake.RequestFeatures;
import dev.culvert.provider.Ask;
import dev.culvert.turn.Digest;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** What selection gets to know of a request that is no turn. */
final class Asks {

  private Asks() {}

  /**
   * The session is named by the most telling property that the request has, and is its caller's:
   * two users who send the same value have two sessions.
   *
   * @param inGroup asked on the calling thread only
   */
  static Ask of(Route route, RequestFeatures features, Predicate<String> inGroup) {
    Optional<String> session =
        route.session().stream()
            .flatMap(feature -> features.apply(feature).stream())
            .filter(not(String::isEmpty))
            .findFirst()
            .map(value -> Digest.of(List.of(features.user(), value)));
    return new Ask(session, inGroup, features);
  }
}
