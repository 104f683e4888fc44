package dev.culvert.inside;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.meter.Meter;
import dev.culvert.meter.Meters;
import dev.culvert.testkit.ServerKind;
import jakarta.inject.Inject;
import java.util.Map;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;

/** Counts as beans of the application see them. */
@Inside
@org.junit.jupiter.api.Tag(ServerKind.ONLY_PAYARA)
class MicroProfileMetricsInsideIT {

  private static final Tag ROUTE = new Tag("route", "chat");
  private static final Map<String, String> TAGS = Map.of("route", "chat");

  @Inject private MetricRegistry registry;

  @Deployment
  static WebArchive war() {
    return Inside.War.configured(Map.of()).addClass(ServerKind.class);
  }

  @Test
  void a_meter_shows_them_until_it_is_closed() {
    try (Meter meter = Meters.find()) {
      meter.counter("inside_total", TAGS, 3);
      meter.counter("inside_total", TAGS, 5);
      meter.gauge("inside_active", TAGS, 2.5);

      assertThat(registry.counter("inside_total", ROUTE).getCount()).isEqualTo(5);
      assertThat(registry.getGauges((id, metric) -> id.getName().equals("inside_active")).values())
          .singleElement()
          .satisfies(gauge -> assertThat(gauge.getValue()).isEqualTo(2.5));
    }
    assertThat(registry.getNames()).doesNotContain("inside_total", "inside_active");
  }
}
