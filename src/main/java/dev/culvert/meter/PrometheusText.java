package dev.culvert.meter;

import dev.culvert.boundary.Sample;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Writes samples in the text format of Prometheus, version 0.0.4 ("Exposition formats" of its
 * documentation).
 */
public final class PrometheusText {

  /** What the text is, for HTTP. */
  public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  /** Whole numbers above it are not exact in a double, and must not look as if they were. */
  private static final double LARGEST_EXACT = 1L << 53;

  private final StringBuilder text = new StringBuilder();

  private PrometheusText() {}

  /**
   * The text of samples that are all of one moment. Metrics come in the order of their names, so
   * that two readings can be compared.
   */
  public static String of(Collection<Sample> samples) {
    Map<String, List<Sample>> metrics = new TreeMap<>();
    samples.forEach(
        sample -> metrics.computeIfAbsent(sample.name(), name -> new ArrayList<>()).add(sample));
    PrometheusText writer = new PrometheusText();
    metrics.forEach(writer::metric);
    return writer.text.toString();
  }

  private void metric(String name, List<Sample> series) {
    MetricHelp.of(name).ifPresent(help -> line("# HELP " + name + " " + help));
    line("# TYPE " + name + " " + series.get(0).kind());
    for (Sample sample : series) {
      if (sample.kind().equals(Sample.HISTOGRAM)) {
        histogram(sample);
      } else {
        value(name, sample.tags(), sample.value());
      }
    }
  }

  /** Buckets are cumulative and the last one holds everything. */
  private void histogram(Sample sample) {
    long cumulated = 0;
    for (int i = 0; i < sample.counts().size(); i++) {
      cumulated += sample.counts().get(i);
      Map<String, String> tags = new LinkedHashMap<>(sample.tags());
      boolean last = i == sample.bounds().size();
      tags.put("le", number(last ? Double.POSITIVE_INFINITY : sample.bounds().get(i)));
      value(sample.name() + "_bucket", tags, (double) cumulated);
    }
    value(sample.name() + "_sum", sample.tags(), sample.value());
    value(sample.name() + "_count", sample.tags(), (double) cumulated);
  }

  private void value(String name, Map<String, String> tags, double value) {
    String labels =
        tags.entrySet().stream()
            .map(tag -> tag.getKey() + "=\"" + escaped(tag.getValue()) + '"')
            .collect(Collectors.joining(","));
    line(name + (labels.isEmpty() ? "" : "{" + labels + "}") + " " + number(value));
  }

  private void line(String line) {
    text.append(line).append('\n');
  }

  /** As Go reads numbers, which is how the format defines them. */
  private static String number(double value) {
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    boolean whole = value == Math.rint(value) && Math.abs(value) <= LARGEST_EXACT;
    return whole ? Long.toString((long) value) : Double.toString(value);
  }

  private static String escaped(String label) {
    return label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }
}
