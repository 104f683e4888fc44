package dev.culvert.meter;

import dev.culvert.boundary.Sample;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Brings the counts of the host to a meter, each time it runs. Used by one thread. */
public final class MeterPublisher implements Runnable, AutoCloseable {

  private record Series(String name, Map<String, String> tags) {}

  private final Supplier<List<Sample>> source;
  private final Meter meter;
  private final Set<Series> gauges = new HashSet<>();

  /** Makes a publisher of the source's samples. */
  public MeterPublisher(Supplier<List<Sample>> source, Meter meter) {
    this.source = source;
    this.meter = meter;
  }

  @Override
  public void run() {
    Set<Series> gone = new HashSet<>(gauges);
    for (Sample sample : source.get()) {
      switch (sample.kind()) {
        case Sample.COUNTER ->
            meter.counter(sample.name(), sample.tags(), Math.round(sample.value()));
        case Sample.GAUGE -> {
          Series series = new Series(sample.name(), sample.tags());
          gauges.add(series);
          gone.remove(series);
          meter.gauge(sample.name(), sample.tags(), sample.value());
        }
        case Sample.HISTOGRAM ->
            meter.histogram(
                sample.name(), sample.tags(), sample.bounds(), sample.counts(), sample.value());
        default -> throw new IllegalStateException("kind of sample: " + sample.kind());
      }
    }
    gone.forEach(series -> meter.gauge(series.name(), series.tags(), 0));
  }

  /** Closes the meter, after the last run. */
  @Override
  public void close() {
    meter.close();
  }
}
