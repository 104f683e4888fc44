package dev.culvert.route;

import dev.culvert.provider.CircuitState;
import dev.culvert.provider.ProviderEvents;
import java.time.Duration;

final class NoEvents implements ProviderEvents {
  @Override
  public void attempted(String provider, String outcome) {}

  @Override
  public void hedged(String result) {}

  @Override
  public void circuit(String provider, CircuitState state, Duration open) {}

  @Override
  public void health(String provider, boolean well, String detail) {}
}
