package dev.culvert.provider;

import dev.culvert.config.Upstream;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Asks a provider whether it is well. Any thread; does not wait. */
public interface Prober {

  /**
   * Makes one check, within the time that the provider's rules allow.
   *
   * @return what is wrong, one line; empty when it is well. A fault counts as wrong.
   */
  CompletionStage<Optional<String>> probe(Upstream upstream);
}
