package dev.culvert.provider;

import java.time.Duration;

/** What happens to providers, for logs and metrics. Any thread; must not block. */
public interface ProviderEvents {

  /**
   * An attempt is over, or has become a stream.
   *
   * @param outcome {@code ok}, {@code cancelled} or {@link Failure.Kind#label}
   */
  void attempted(String provider, String outcome);

  /**
   * A request that was tried elsewhere as well is decided.
   *
   * @param result {@code primary}, {@code alternative}, {@code failed} or {@code aborted}
   */
  void hedged(String result);

  /**
   * The circuit of a provider has another state.
   *
   * @param open how long it stays open; zero in other states
   */
  void circuit(String provider, CircuitState state, Duration open);

  /**
   * The checks of a provider's health have come to another result.
   *
   * @param detail of a failed check; empty when it is well
   */
  void health(String provider, boolean well, String detail);
}
