package dev.culvert.route;

import dev.culvert.boundary.Sample;
import dev.culvert.provider.CircuitState;
import dev.culvert.provider.ProviderEvents;
import dev.culvert.provider.ProviderView;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Logs and counts what happens to providers. */
record ProviderReport(Gateway gateway) implements ProviderEvents {

  private static final Logger LOG = System.getLogger("dev.culvert.provider");

  static final String ATTEMPTS = "culvert_attempts_total";
  static final String HEDGES = "culvert_hedges_total";
  static final String BREAKER = "culvert_breaker_state";

  @Override
  public void attempted(String provider, String outcome) {
    Map<String, String> tags = new LinkedHashMap<>();
    tags.put("provider", provider);
    tags.put("outcome", outcome);
    gateway.count(ATTEMPTS, tags);
  }

  @Override
  public void hedged(String result) {
    gateway.count(HEDGES, Map.of("result", result));
  }

  @Override
  public void circuit(String provider, CircuitState state, Duration open) {
    LOG.log(
        state == CircuitState.OPEN ? Level.WARNING : Level.INFO,
        "CULVERT-U001 circuit of an upstream: upstream={0} circuit={1} open-ms={2}",
        provider,
        state.label(),
        Long.toString(open.toMillis()));
  }

  @Override
  public void health(String provider, boolean well, String detail) {
    LOG.log(
        well ? Level.INFO : Level.WARNING,
        "CULVERT-U002 checks of an upstream: upstream={0} healthy={1} detail={2}",
        provider,
        well,
        detail);
  }

  /** The state of each circuit, as a metric. */
  static List<Sample> samples(List<ProviderView> providers) {
    return providers.stream().map(ProviderReport::sample).toList();
  }

  private static Sample sample(ProviderView provider) {
    Map<String, String> tags = Map.of("provider", provider.name());
    return new Sample(
        BREAKER, Sample.GAUGE, tags, provider.circuit().value(), List.of(), List.of());
  }
}
