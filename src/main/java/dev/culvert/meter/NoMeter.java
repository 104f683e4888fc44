package dev.culvert.meter;

import java.util.List;
import java.util.Map;

/** Stands in where the server has no metrics API; the management beans show the counts anyway. */
final class NoMeter implements Meter {

  @Override
  public void counter(String name, Map<String, String> tags, long total) {}

  @Override
  public void gauge(String name, Map<String, String> tags, double value) {}

  @Override
  public void histogram(
      String name, Map<String, String> tags, List<Double> bounds, List<Long> counts, double sum) {}

  @Override
  public void close() {}
}
