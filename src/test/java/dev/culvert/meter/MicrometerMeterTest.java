package dev.culvert.meter;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MicrometerMeterTest {

  private static final Map<String, String> TAGS = Map.of("route", "chat");

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final MicrometerMeter meter = new MicrometerMeter(registry);

  @Test
  void a_counter_shows_the_newest_total() {
    meter.counter("c", TAGS, 3);
    meter.counter("c", TAGS, 5);

    assertThat(registry.get("c").tag("route", "chat").functionCounter().count()).isEqualTo(5);
  }

  @Test
  void a_gauge_shows_the_newest_value_of_each_series() {
    meter.gauge("g", TAGS, 3);
    meter.gauge("g", Map.of("route", "news"), 4);
    meter.gauge("g", TAGS, 1.5);

    assertThat(registry.get("g").tag("route", "chat").gauge().value()).isEqualTo(1.5);
    assertThat(registry.get("g").tag("route", "news").gauge().value()).isEqualTo(4);
  }

  @Test
  void a_histogram_is_shown_by_gauges() {
    meter.histogram("h", TAGS, List.of(0.1, 60.0), List.of(1L, 2L, 4L), 99.5);

    assertThat(registry.get("h_buckets").tag("le", "0.1").gauge().value()).isEqualTo(1);
    assertThat(registry.get("h_buckets").tag("le", "60").gauge().value()).isEqualTo(3);
    assertThat(registry.get("h_buckets").tag("le", "+Inf").gauge().value()).isEqualTo(7);
    assertThat(registry.get("h_count").tag("route", "chat").gauge().value()).isEqualTo(7);
    assertThat(registry.get("h_sum").tag("route", "chat").gauge().value()).isEqualTo(99.5);
  }

  @Test
  void nothing_stays_in_the_servers_registry() {
    registry.counter("of.another.application");
    meter.counter("c", TAGS, 1);
    meter.gauge("g", TAGS, 1);
    meter.histogram("h", TAGS, List.of(1.0), List.of(1L, 1L), 1);

    meter.close();

    assertThat(registry.getMeters())
        .extracting(left -> left.getId().getName())
        .containsExactly("of.another.application");
  }
}
