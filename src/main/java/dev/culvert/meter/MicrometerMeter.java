package dev.culvert.meter;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import jakarta.enterprise.inject.spi.CDI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Shows metrics through the Micrometer of the server, which brings them to wherever it is
 * configured to. Micrometer computes histograms from single values only; these appear as gauges in
 * the form that Prometheus gives them.
 */
final class MicrometerMeter implements Meter {

  private record Series(String name, Map<String, String> tags) {}

  /** What a registered meter shows. */
  private static final class Cell {
    private volatile double value;

    private double value() {
      return value;
    }
  }

  private final MeterRegistry registry;

  /** Of all series that are shown; Micrometer itself holds them weakly. */
  private final Map<Series, Cell> cells = new ConcurrentHashMap<>();

  /** Over the registry that the server has for this application. */
  MicrometerMeter() {
    this(CDI.current().select(MeterRegistry.class).get());
  }

  MicrometerMeter(MeterRegistry registry) {
    this.registry = registry;
  }

  // WildFly's registry hands on what is registered by its own methods, and not what builders make.

  @Override
  public void counter(String name, Map<String, String> tags, long total) {
    cells.computeIfAbsent(new Series(name, tags), this::registerCounter).value = total;
  }

  private Cell registerCounter(Series series) {
    Cell cell = new Cell();
    registry.more().counter(series.name(), tags(series), cell, Cell::value);
    return cell;
  }

  @Override
  public void gauge(String name, Map<String, String> tags, double value) {
    cells.computeIfAbsent(new Series(name, tags), this::registerGauge).value = value;
  }

  private Cell registerGauge(Series series) {
    return registry.gauge(series.name(), tags(series), new Cell(), Cell::value);
  }

  /** Micrometer's Prometheus takes the suffix {@code _bucket} off the name of a gauge. */
  @Override
  public void histogram(
      String name, Map<String, String> tags, List<Double> bounds, List<Long> counts, double sum) {
    HistogramGauges.show(this, name + "_buckets", name, tags, bounds, counts, sum);
  }

  /** The server's registry outlives the application. */
  @Override
  public void close() {
    cells
        .keySet()
        .forEach(
            series ->
                registry.find(series.name()).tags(tags(series)).meters().forEach(registry::remove));
  }

  private static Tags tags(Series series) {
    return Tags.of(
        series.tags().entrySet().stream()
            .map(tag -> Tag.of(tag.getKey(), tag.getValue()))
            .toList());
  }
}
