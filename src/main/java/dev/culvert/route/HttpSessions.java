package dev.culvert.route;

import dev.culvert.config.Route;
import dev.culvert.handshake.RequestFeatures;
import dev.culvert.turn.Digest;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Names of sessions, as upstreams count them, of requests in mode {@code http}. */
final class HttpSessions {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._:@/+=-]{1,200}");

  private HttpSessions() {}

  /** By the most telling property that the request has; empty when it has none. */
  static Optional<String> of(Route route, RequestFeatures features) {
    return route.session().stream()
        .flatMap(feature -> features.apply(feature).stream())
        .filter(value -> !value.isEmpty())
        .findFirst()
        .map(value -> NAME.matcher(value).matches() ? value : Digest.of(List.of(value)));
  }
}
