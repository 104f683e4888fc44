package dev.culvert.host;

import dev.culvert.boundary.Sample;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Counts values in buckets. Not safe for use by several threads. */
final class Histogram {

  private final List<Double> bounds;
  private final long[] counts;
  private double sum;

  Histogram(List<Double> bounds) {
    this.bounds = bounds;
    this.counts = new long[bounds.size() + 1];
  }

  void record(double value) {
    int bucket = 0;
    while (bucket < bounds.size() && value > bounds.get(bucket)) {
      bucket++;
    }
    counts[bucket]++;
    sum += value;
  }

  Sample sample(String name, Map<String, String> tags) {
    List<Long> copy = Arrays.stream(counts).boxed().toList();
    return new Sample(name, Sample.HISTOGRAM, tags, sum, bounds, copy);
  }
}
