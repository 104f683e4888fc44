package dev.culvert.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.provider.CircuitState;
import dev.culvert.provider.ProviderView;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HealthTest {

  @ParameterizedTest
  @CsvSource({"true, true, UP", "false, true, UP", "false, false, DOWN"})
  void onlyAStoreThatKeepsSessionsOutCounts(boolean answers, boolean admits, String status) {
    Health health = new Health("redis", answers, admits, List.of());

    assertThat(health.isUp()).isEqualTo(status.equals("UP"));
    assertThat(health.report())
        .containsEntry("status", status)
        .extractingByKey("leases")
        .isEqualTo(Map.of("status", status, "store", "redis", "answers", answers));
  }

  @ParameterizedTest
  @CsvSource({
    "true, CLOSED, true, UP",
    "true, HALF_OPEN, true, UP",
    "true, OPEN, true, DOWN",
    "false, CLOSED, true, DOWN",
    "true, CLOSED, false, DOWN"
  })
  void anUpstreamIsUpWhileItMayBeChosen(
      boolean enabled, CircuitState circuit, boolean well, String status) {
    Health health = new Health("memory", true, true, List.of(upstream(enabled, circuit, well)));

    assertThat(health.isUp()).isTrue();
    assertThat(health.report())
        .extractingByKey("upstreams")
        .isEqualTo(
            List.of(
                Map.of(
                    "name",
                    "llm",
                    "status",
                    status,
                    "enabled",
                    enabled,
                    "draining",
                    false,
                    "well",
                    well,
                    "circuit",
                    circuit.label(),
                    "openSeconds",
                    1.5,
                    "restingSeconds",
                    0.0,
                    "streams",
                    3)));
  }

  @Test
  void whatMattersMostStandsFirst() {
    assertThat(new Health("memory", true, true, List.of()).report().keySet())
        .containsExactly("status", "leases", "upstreams");
  }

  private static ProviderView upstream(boolean enabled, CircuitState circuit, boolean well) {
    return new ProviderView(
        "llm", enabled, false, circuit, Duration.ofMillis(1500), well, Duration.ZERO, 3, 0, 1);
  }
}
