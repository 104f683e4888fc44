package dev.culvert.inside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.culvert.meter.Meter;
import dev.culvert.meter.Meters;
import dev.culvert.testkit.ServerKind;
import java.util.List;
import java.util.Map;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** WildFly as it is shipped has no metrics API that the WAR could see. */
@Inside
@Tag(ServerKind.ONLY_WILDFLY)
class NoMetricsInsideIT {

  @Deployment
  static WebArchive war() {
    return Inside.War.configured(Map.of()).addClass(ServerKind.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "org.eclipse.microprofile.metrics.MetricRegistry",
        "io.micrometer.core.instrument.MeterRegistry"
      })
  void no_api_is_there(String name) {
    assertThatCode(() -> Class.forName(name, false, Meters.class.getClassLoader()))
        .isInstanceOf(ClassNotFoundException.class);
  }

  @Test
  void a_meter_does_nothing() {
    try (Meter meter = Meters.find()) {
      meter.counter("inside_total", Map.of(), 3);
      meter.histogram("inside_seconds", Map.of(), List.of(), List.of(1L), 2);

      assertThat(meter.getClass().getSimpleName()).isEqualTo("NoMeter");
    }
  }
}
