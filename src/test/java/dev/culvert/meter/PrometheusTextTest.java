package dev.culvert.meter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.boundary.Sample;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrometheusTextTest {

  @Test
  void metrics_come_by_name_with_their_series_together() {
    String text =
        PrometheusText.of(
            List.of(
                counter("culvert_streams_total", Map.of("route", "a"), 1),
                gauge("culvert_streams_active", Map.of("route", "a"), 2),
                counter("culvert_streams_total", Map.of("route", "b"), 3)));

    assertThat(text)
        .isEqualTo(
            """
            # HELP culvert_streams_active Streams that are open.
            # TYPE culvert_streams_active gauge
            culvert_streams_active{route="a"} 2
            # HELP culvert_streams_total Streams that have ended, by result.
            # TYPE culvert_streams_total counter
            culvert_streams_total{route="a"} 1
            culvert_streams_total{route="b"} 3
            """);
  }

  @Test
  void buckets_are_cumulative_and_the_last_one_is_the_count() {
    Sample histogram =
        new Sample(
            "culvert_stream_duration_seconds",
            Sample.HISTOGRAM,
            Map.of("route", "a"),
            12.25,
            List.of(0.1, 60.0),
            List.of(1L, 0L, 2L));

    assertThat(PrometheusText.of(List.of(histogram)))
        .isEqualTo(
            """
            # HELP culvert_stream_duration_seconds How long ended streams have lived.
            # TYPE culvert_stream_duration_seconds histogram
            culvert_stream_duration_seconds_bucket{route="a",le="0.1"} 1
            culvert_stream_duration_seconds_bucket{route="a",le="60"} 1
            culvert_stream_duration_seconds_bucket{route="a",le="+Inf"} 3
            culvert_stream_duration_seconds_sum{route="a"} 12.25
            culvert_stream_duration_seconds_count{route="a"} 3
            """);
  }

  @Test
  void labels_are_escaped() {
    Sample sample = gauge("x", Map.of("route", "a\"b\\c\nd"), 1);

    assertThat(PrometheusText.of(List.of(sample))).contains("x{route=\"a\\\"b\\\\c\\nd\"} 1\n");
  }

  @Test
  void a_metric_of_a_newer_host_has_a_type_and_no_help() {
    assertThat(PrometheusText.of(List.of(gauge("culvert_new", Map.of(), 1))))
        .isEqualTo("# TYPE culvert_new gauge\nculvert_new 1\n");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-0.5, -0.5",
    "9007199254740992, 9007199254740992",
    "1e17, 1.0E17",
    "Infinity, +Inf",
    "-Infinity, -Inf",
    "NaN, NaN"
  })
  void numbers_are_written_as_go_reads_them(double value, String expected) {
    assertThat(PrometheusText.of(List.of(gauge("x", Map.of(), value))))
        .endsWith("\nx " + expected + "\n");
  }

  private static Sample counter(String name, Map<String, String> tags, double value) {
    return new Sample(name, Sample.COUNTER, tags, value, List.of(), List.of());
  }

  private static Sample gauge(String name, Map<String, String> tags, double value) {
    return new Sample(name, Sample.GAUGE, tags, value, List.of(), List.of());
  }
}
