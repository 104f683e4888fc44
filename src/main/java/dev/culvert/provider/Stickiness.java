package dev.culvert.provider;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The binding of one request's session. It outlasts that its provider is bypassed, and ends with a
 * provider that is disabled or gone.
 *
 * @param key of the session among those of its route; empty = it is never bound
 */
record Stickiness(Optional<String> key, Bindings bindings) {

  /** The provider to which the session is bound, when it is one of these and enabled. */
  Optional<Provider> bound(List<Provider> providers) {
    Optional<String> name = key.flatMap(bindings::bound);
    Optional<Provider> bound =
        name.flatMap(
            known -> providers.stream().filter(one -> one.name().equals(known)).findFirst());
    if (name.isPresent() && bound.filter(Provider::isEnabled).isEmpty()) {
      key.ifPresent(bindings::unbind);
      return Optional.empty();
    }
    return bound;
  }

  /**
   * A provider has served the request.
   *
   * @param tried whether the request was tried at a provider: who lost against this one, or failed,
   *     keeps no session; who was only bypassed does
   */
  void served(String provider, Predicate<String> tried) {
    key.ifPresent(
        session -> {
          Optional<String> bound = bindings.bound(session);
          if (bound.isEmpty() || (!bound.get().equals(provider) && tried.test(bound.get()))) {
            bindings.bind(session, provider);
          }
        });
  }
}
