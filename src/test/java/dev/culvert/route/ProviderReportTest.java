package dev.culvert.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.boundary.HostBoundary;
import dev.culvert.boundary.Sample;
import dev.culvert.config.Settings;
import dev.culvert.provider.CircuitState;
import dev.culvert.provider.ProviderView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How what happens to providers is counted and logged. */
class ProviderReportTest {

  private static final Settings SETTINGS = TestSettings.of();

  private final List<String> counted = Collections.synchronizedList(new ArrayList<>());
  private final LoggedLines logged = new LoggedLines("dev.culvert.provider");
  private Gateway gateway;
  private ProviderReport report;

  @BeforeEach
  void begin() {
    Map<String, Function<Object[], Object>> host = new HashMap<>();
    host.put("deploy", arguments -> 7L);
    host.put("count", arguments -> counted.add(arguments[1] + " " + arguments[2]));
    gateway = new Gateway("app", Stub.of(HostBoundary.class, host), SETTINGS, () -> SETTINGS);
    report = new ProviderReport(gateway);
  }

  @AfterEach
  void stop() {
    logged.close();
    gateway.stop();
  }

  @Test
  void attempts_are_counted_by_provider_and_outcome() {
    report.attempted("up", "connect");

    assertThat(counted).containsExactly("culvert_attempts_total {provider=up, outcome=connect}");
  }

  @Test
  void requests_that_were_tried_elsewhere_as_well_are_counted_by_result() {
    report.hedged("alternative");

    assertThat(counted).containsExactly("culvert_hedges_total {result=alternative}");
  }

  @Test
  void a_circuit_that_opens_is_a_warning_and_others_are_none() {
    report.circuit("up", CircuitState.OPEN, Duration.ofSeconds(30));
    report.circuit("up", CircuitState.HALF_OPEN, Duration.ZERO);
    report.circuit("up", CircuitState.CLOSED, Duration.ZERO);

    String line = " CULVERT-U001 circuit of an upstream: upstream=up circuit=";
    assertThat(logged.all())
        .containsExactly(
            "WARNING" + line + "open open-ms=30000",
            "INFO" + line + "half-open open-ms=0",
            "INFO" + line + "closed open-ms=0");
  }

  @Test
  void an_upstream_that_is_unwell_is_a_warning_and_one_that_recovers_is_none() {
    report.health("up", false, "status 503");
    report.health("up", true, "status 200");

    String line = " CULVERT-U002 checks of an upstream: upstream=up healthy=";
    assertThat(logged.all())
        .containsExactly(
            "WARNING" + line + "false detail=status 503", "INFO" + line + "true detail=status 200");
  }

  @Test
  void the_state_of_each_circuit_is_a_number() {
    List<Sample> samples =
        ProviderReport.samples(
            Stream.of(CircuitState.CLOSED, CircuitState.HALF_OPEN, CircuitState.OPEN)
                .map(ProviderReportTest::provider)
                .toList());

    assertThat(samples)
        .allMatch(
            sample ->
                sample.name().equals("culvert_breaker_state")
                    && sample.kind().equals(Sample.GAUGE));
    assertThat(samples)
        .extracting(Sample::tags)
        .containsExactly(
            Map.of("provider", "CLOSED"),
            Map.of("provider", "HALF_OPEN"),
            Map.of("provider", "OPEN"));
    assertThat(samples).extracting(Sample::value).containsExactly(0.0, 1.0, 2.0);
  }

  private static ProviderView provider(CircuitState circuit) {
    return new ProviderView(
        circuit.name(), true, false, circuit, Duration.ZERO, true, Duration.ZERO, 0, 0, 1);
  }
}
