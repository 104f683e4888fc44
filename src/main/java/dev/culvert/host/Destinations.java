package dev.culvert.host;

import dev.culvert.boundary.StreamSpec;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts the streams that go to each upstream, from the moment in which they are promised to their
 * clients. Any thread.
 */
final class Destinations {

  private record Destination(String application, String upstream) {
    private static Destination of(StreamSpec spec) {
      return new Destination(spec.application(), spec.upstream());
    }
  }

  private final Map<Destination, Integer> streams = new ConcurrentHashMap<>();

  void enter(StreamSpec spec) {
    streams.merge(Destination.of(spec), 1, Integer::sum);
  }

  /** Once for each that has entered. */
  void leave(StreamSpec spec) {
    streams.computeIfPresent(Destination.of(spec), (at, count) -> count == 1 ? null : count - 1);
  }

  int streams(String application, String upstream) {
    return streams.getOrDefault(new Destination(application, upstream), 0);
  }
}
