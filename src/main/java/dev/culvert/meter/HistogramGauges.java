package dev.culvert.meter;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A histogram as gauges in the form that Prometheus gives them. */
final class HistogramGauges {

  private HistogramGauges() {}

  /**
   * Shows a histogram; the other parameters as in {@link Meter#histogram}.
   *
   * @param buckets name of the gauges that have the tag {@code le}
   */
  static void show(
      Meter meter,
      String buckets,
      String name,
      Map<String, String> tags,
      List<Double> bounds,
      List<Long> counts,
      double sum) {
    long cumulated = 0;
    for (int i = 0; i < counts.size(); i++) {
      cumulated += counts.get(i);
      Map<String, String> withBound = new LinkedHashMap<>(tags);
      withBound.put("le", i < bounds.size() ? bound(bounds.get(i)) : "+Inf");
      meter.gauge(buckets, withBound, (double) cumulated);
    }
    meter.gauge(name + "_count", tags, (double) cumulated);
    meter.gauge(name + "_sum", tags, sum);
  }

  private static String bound(double seconds) {
    return seconds == Math.rint(seconds) ? Long.toString((long) seconds) : Double.toString(seconds);
  }
}
