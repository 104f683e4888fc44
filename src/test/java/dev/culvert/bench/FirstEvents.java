package dev.culvert.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How long callers wait for the first visible event, in turns with each other. One thread. */
final class FirstEvents {

  private static final int TURNS = 200;

  private final Map<String, TurnCaller> callers = new LinkedHashMap<>();
  private final Map<String, List<Long>> nanos = new LinkedHashMap<>();

  /** Adds somebody to compare. */
  void add(String name, TurnCaller caller) {
    callers.put(name, caller);
    nanos.put(name, new ArrayList<>());
  }

  /**
   * Lets everybody have turns that count for nothing, then rounds, each begun by another one.
   *
   * @param warmUp of each of them
   */
  void measure(Duration warmUp, int rounds) throws IOException {
    for (TurnCaller caller : callers.values()) {
      long end = System.nanoTime() + warmUp.toNanos();
      while (System.nanoTime() - end < 0) {
        caller.firstEventNanos();
      }
    }
    for (int round = 0; round < rounds; round++) {
      List<String> order = new ArrayList<>(callers.keySet());
      Collections.rotate(order, -round);
      for (String name : order) {
        for (int i = 0; i < TURNS; i++) {
          nanos.get(name).add(callers.get(name).firstEventNanos());
        }
      }
    }
  }

  /**
   * The table.
   *
   * @param base name of whom all are compared with
   */
  String markdown(String base) {
    Table table =
        new Table("connection to the upstream", "p50 us", "p99 us", "over base us", "of base");
    double baseline = micros(base, 0.5);
    for (String name : callers.keySet()) {
      double median = micros(name, 0.5);
      table.row(
          name,
          format("%,.0f", median),
          format("%,.0f", micros(name, 0.99)),
          format("%,.0f", median - baseline),
          format("%.2f", median / baseline));
    }
    return table.toString();
  }

  private double micros(String name, double share) {
    List<Long> sorted = nanos.get(name).stream().sorted().toList();
    return sorted.get((int) (share * (sorted.size() - 1))) / 1e3;
  }

  private static String format(String pattern, double value) {
    return String.format(Locale.ROOT, pattern, value);
  }
}
