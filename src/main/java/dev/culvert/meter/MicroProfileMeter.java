package dev.culvert.meter;

import jakarta.enterprise.inject.spi.CDI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.microprofile.metrics.Counter;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;

/**
 * Shows metrics through MicroProfile Metrics. Histograms appear as gauges in the form that
 * Prometheus gives them: Payara counts the buckets of its own over a sample of about a thousand
 * values, which is of no use for streams.
 */
final class MicroProfileMeter implements Meter {

  private record Series(String name, Map<String, String> tags) {}

  /** What a registered gauge shows. */
  private static final class Cell {
    private volatile double value;
  }

  private final MetricRegistry registry =
      CDI.current().select(MetricRegistry.class, ApplicationScope.qualifier()).get();
  private final Map<Series, Cell> cells = new LinkedHashMap<>();

  /** Of all metrics that were shown. */
  private final Set<String> names = ConcurrentHashMap.newKeySet();

  @Override
  public void counter(String name, Map<String, String> tags, long total) {
    names.add(name);
    Counter counter = registry.counter(metadata(name), tags(tags));
    counter.inc(Math.max(0, total - counter.getCount()));
  }

  @Override
  public void gauge(String name, Map<String, String> tags, double value) {
    cells.computeIfAbsent(new Series(name, tags), this::register).value = value;
  }

  private Cell register(Series series) {
    names.add(series.name());
    Cell cell = new Cell();
    registry.gauge(metadata(series.name()), () -> cell.value, tags(series.tags()));
    return cell;
  }

  @Override
  public void histogram(
      String name, Map<String, String> tags, List<Double> bounds, List<Long> counts, double sum) {
    HistogramGauges.show(this, name + "_bucket", name, tags, bounds, counts, sum);
  }

  /**
   * Payara forgets an application's metrics under the name that its archive suggests. An exploded
   * WAR deployed under another name keeps them, and this class with them; its next deployment would
   * be given these gauges instead of its own.
   */
  @Override
  public void close() {
    names.forEach(registry::remove);
  }

  private static Metadata metadata(String name) {
    String shown = name.replaceFirst("_(bucket|sum|count)$", "");
    return Metadata.builder()
        .withName(name)
        .withDescription(MetricHelp.of(shown).orElse("A metric of Culvert."))
        .build();
  }

  private static Tag[] tags(Map<String, String> tags) {
    return tags.entrySet().stream()
        .map(tag -> new Tag(tag.getKey(), tag.getValue()))
        .toArray(Tag[]::new);
  }
}
