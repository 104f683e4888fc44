package dev.culvert.turn;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Books that keep each entry as a line. One thread. */
final class RecordedBooks implements TurnBooks {

  final List<String> lines = new ArrayList<>();

  /** Thrown by the next count. */
  Optional<Error> fault = Optional.empty();

  @Override
  public void count(String name, Map<String, String> tags) {
    fault.ifPresent(
        cause -> {
          throw cause;
        });
    lines.add(name + tags);
  }

  @Override
  public void observe(String name, Map<String, String> tags, double value, List<Double> bounds) {
    lines.add(name + tags + value);
  }

  @Override
  public void refused(String account, int status, Optional<Duration> retryAfter) {
    fault.ifPresent(
        cause -> {
          throw cause;
        });
    lines.add("refused " + account + " " + status + retryAfter.map(time -> " " + time).orElse(""));
  }
}
