package dev.culvert.host;

import dev.culvert.boundary.Sample;
import dev.culvert.boundary.StreamSpec;
import dev.culvert.host.relay.Stream;
import dev.culvert.host.relay.StreamEnd;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Keeps the books: live streams, and what all ended ones came to. A stream moves from the one to
 * the other under the lock, so that a reading never counts its bytes twice or not at all.
 */
final class Ledger {

  static final String ACTIVE = "culvert_streams_active";
  static final String TOTAL = "culvert_streams_total";
  static final String BYTES = "culvert_stream_bytes_total";
  static final String DURATION = "culvert_stream_duration_seconds";

  private record Series(String application, String name, List<String> tags) {}

  // All guarded by this; never held over I/O.
  private final Map<String, Stream> live = new LinkedHashMap<>();
  private final Map<Series, Long> counters = new LinkedHashMap<>();
  private final Map<Series, Histogram> durations = new LinkedHashMap<>();
  private List<Double> bounds = List.of();

  synchronized void opened(Stream stream) {
    live.put(stream.id(), stream);
  }

  synchronized void ended(Stream stream, StreamEnd end) {
    if (live.remove(stream.id()) == null) {
      return;
    }
    StreamSpec spec = stream.spec();
    String result = end.result().label();
    String route = spec.route();
    add(series(spec, TOTAL, "route", route, "upstream", spec.upstream(), "result", result), 1);
    add(bytes(spec, "to_upstream"), stream.bytesToUpstream());
    add(bytes(spec, "from_upstream"), stream.bytesFromUpstream());
    durations
        .computeIfAbsent(
            series(spec, DURATION, "route", route, "result", result), s -> new Histogram(bounds))
        .record(end.nanos() / 1e9);
  }

  synchronized void count(String application, String name, Map<String, String> tags, long delta) {
    add(new Series(application, name, flat(tags)), delta);
  }

  /** The bounds count when the histogram begins. */
  synchronized void observe(
      String application,
      String name,
      Map<String, String> tags,
      double value,
      List<Double> newBounds) {
    durations
        .computeIfAbsent(
            new Series(application, name, flat(tags)), s -> new Histogram(List.copyOf(newBounds)))
        .record(value);
  }

  private static List<String> flat(Map<String, String> tags) {
    List<String> flat = new ArrayList<>();
    tags.forEach((key, value) -> Collections.addAll(flat, key, value));
    return flat;
  }

  /** Sets the buckets of histograms of streams that begin from now on; in seconds, ascending. */
  synchronized void bounds(List<Double> seconds) {
    bounds = List.copyOf(seconds);
  }

  synchronized List<Stream> live() {
    return List.copyOf(live.values());
  }

  synchronized Stream find(String id) {
    return live.get(id);
  }

  synchronized int size() {
    return live.size();
  }

  /** All metrics of an application as of now, in no particular order. */
  List<Sample> samples(String application) {
    return samples(series -> series.application().equals(application));
  }

  /**
   * The streams are added up without the lock, which event loops need: what one that ends meanwhile
   * has carried is not in the sums yet.
   */
  private List<Sample> samples(Predicate<Series> wanted) {
    List<Sample> samples;
    Map<Series, Long> totals;
    List<Stream> streams;
    synchronized (this) {
      samples = histograms(wanted);
      totals = new LinkedHashMap<>(counters);
      streams = live();
    }
    Map<Series, Long> active = new LinkedHashMap<>();
    for (Stream stream : streams) {
      StreamSpec spec = stream.spec();
      active.merge(
          series(spec, ACTIVE, "route", spec.route(), "upstream", spec.upstream()), 1L, Long::sum);
      totals.merge(bytes(spec, "to_upstream"), stream.bytesToUpstream(), Long::sum);
      totals.merge(bytes(spec, "from_upstream"), stream.bytesFromUpstream(), Long::sum);
    }
    active.keySet().removeIf(wanted.negate());
    totals.keySet().removeIf(wanted.negate());
    active.forEach((series, value) -> samples.add(single(series, Sample.GAUGE, value)));
    totals.forEach((series, value) -> samples.add(single(series, Sample.COUNTER, value)));
    return samples;
  }

  private List<Sample> histograms(Predicate<Series> wanted) {
    List<Sample> samples = new ArrayList<>();
    durations.forEach(
        (series, histogram) -> {
          if (wanted.test(series)) {
            samples.add(histogram.sample(series.name(), tags(series)));
          }
        });
    return samples;
  }

  /** Ended streams by result, over all routes. */
  synchronized Map<String, Long> results() {
    Map<String, Long> results = new TreeMap<>();
    counters.forEach(
        (series, value) -> {
          if (series.name().equals(TOTAL)) {
            results.merge(tags(series).get("result"), value, Long::sum);
          }
        });
    return results;
  }

  /** Bytes over all upstreams, live streams included. */
  long bytes(String direction) {
    return samples(series -> series.name().equals(BYTES)).stream()
        .filter(s -> s.tags().get("direction").equals(direction))
        .mapToLong(s -> (long) s.value())
        .sum();
  }

  private void add(Series series, long delta) {
    counters.merge(series, delta, Long::sum);
  }

  private static Series bytes(StreamSpec spec, String direction) {
    return series(spec, BYTES, "upstream", spec.upstream(), "direction", direction);
  }

  private static Series series(StreamSpec spec, String name, String... tags) {
    return new Series(spec.application(), name, List.of(tags));
  }

  private static Sample single(Series series, String kind, long value) {
    return new Sample(series.name(), kind, tags(series), value, List.of(), List.of());
  }

  private static Map<String, String> tags(Series series) {
    Map<String, String> tags = new LinkedHashMap<>();
    for (int i = 0; i < series.tags().size(); i += 2) {
      tags.put(series.tags().get(i), series.tags().get(i + 1));
    }
    return tags;
  }
}
