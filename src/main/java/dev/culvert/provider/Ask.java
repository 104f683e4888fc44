package dev.culvert.provider;

import dev.culvert.config.Feature;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What selection may know of a request. Both functions are called while {@link Providers#attempts}
 * runs and never afterwards, so that they may look at a server's request.
 *
 * @param session the conversation that the request belongs to, 1 to 200 characters of {@code
 *     A-Za-z0-9._:@/+=-}; empty = one of its own, which is never bound to a provider
 * @param inGroup whether the caller is in a group
 * @param features properties of the request; empty for one that it lacks
 * @param only the one provider that the request can go to, since nobody else has what it continues;
 *     empty = any of the route
 */
public record Ask(
    Optional<String> session,
    Predicate<String> inGroup,
    Function<Feature, Optional<String>> features,
    Optional<String> only) {

  /** A request that any provider of the route may get. */
  public Ask(
      Optional<String> session,
      Predicate<String> inGroup,
      Function<Feature, Optional<String>> features) {
    this(session, inGroup, features, Optional.empty());
  }
}
