package dev.culvert.meter;

import java.util.List;
import java.util.Map;

/**
 * A metrics API to which totals are shown. Used by one thread. The names of a metric's tags are the
 * same in all its series.
 */
public interface Meter extends AutoCloseable {

  /** Shows a total that never falls. */
  void counter(String name, Map<String, String> tags, long total);

  /** Shows a value. */
  void gauge(String name, Map<String, String> tags, double value);

  /**
   * Shows a distribution.
   *
   * @param bounds upper bounds of the buckets, ascending, without infinity
   * @param counts not cumulative, one more than bounds
   */
  void histogram(
      String name, Map<String, String> tags, List<Double> bounds, List<Long> counts, double sum);

  /** Takes back all that was shown; on any thread, once no other one shows anything any more. */
  @Override
  void close();
}
