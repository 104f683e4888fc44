package dev.culvert.boundary;

import java.util.List;
import java.util.Map;

/**
 * A metric at one moment. Counters and histograms count from the start of the host.
 *
 * @param name as in the table of metrics, without suffixes
 * @param kind {@link #COUNTER}, {@link #GAUGE} or {@link #HISTOGRAM}
 * @param tags in the order in which they are shown
 * @param value of a counter or gauge; the sum of a histogram
 * @param bounds upper bounds of a histogram's buckets, ascending, without infinity; else empty
 * @param counts not cumulative, one more than bounds; else empty
 */
public record Sample(
    String name,
    String kind,
    Map<String, String> tags,
    double value,
    List<Double> bounds,
    List<Long> counts) {

  public static final String COUNTER = "counter";
  public static final String GAUGE = "gauge";
  public static final String HISTOGRAM = "histogram";
}
