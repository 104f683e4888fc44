package dev.culvert.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/** Gathers what was measured and lays it out as Markdown. Belongs to one thread. */
final class Report {

  private static final String NONE = "-";

  private final Suite suite;
  private final List<Contestant> contestants;
  private final Map<Scenario, Map<Contestant, List<Measurement>>> rounds = new LinkedHashMap<>();
  private final Map<Contestant, Memory> memories = new LinkedHashMap<>();

  /**
   * Begins empty.
   *
   * @param suite what the tables are about
   * @param contestants in the order of the tables, those that cannot run included
   */
  Report(Suite suite, List<Contestant> contestants) {
    this.suite = suite;
    this.contestants = List.copyOf(contestants);
  }

  void add(Scenario scenario, Contestant contestant, Measurement round) {
    rounds
        .computeIfAbsent(scenario, key -> new LinkedHashMap<>())
        .computeIfAbsent(contestant, key -> new ArrayList<>())
        .add(round);
  }

  void add(Contestant contestant, Memory memory) {
    memories.put(contestant, memory);
  }

  /**
   * Returns the tables.
   *
   * @param settings of the run
   */
  String markdown(BenchSettings settings) {
    String heading = "\n## " + suite.heading();
    StringBuilder text = new StringBuilder(256);
    rounds.forEach(
        (scenario, measured) ->
            text.append(heading)
                .append(scenario)
                .append("\n\n")
                .append(new SpeedTable(scenario, contestants, measured)));
    if (!memories.isEmpty()) {
      text.append(heading).append(settings.idle()).append(" idle streams\n\n").append(memory());
    }
    return text.toString();
  }

  /**
   * Returns what stands above all tables.
   *
   * @param machine a few words on where it ran
   */
  static String preface(BenchSettings settings, String machine) {
    String rounds =
        "Medians of %d rounds of %d s after %d s of warm-up; "
            .formatted(
                settings.rounds(), settings.window().toSeconds(), settings.warmUp().toSeconds());
    return "# Streams\n\n" + rounds + machine + ".\n";
  }

  private String memory() {
    Table table =
        new Table(
            "contestant", "resident bytes per stream", "live heap bytes per stream", "together");
    for (Contestant contestant : contestants) {
      Memory memory = memories.get(contestant);
      if (memory != null) {
        OptionalLong heap = memory.heap();
        table.row(
            contestant.name(),
            whole((double) memory.resident()),
            heap.isPresent() ? whole((double) heap.getAsLong()) : NONE,
            whole((double) memory.total()));
      } else if (contestant.missing().isPresent()) {
        table.row(contestant.name(), contestant.missing().get());
      }
    }
    return table.toString();
  }

  private static String whole(double value) {
    return String.format(Locale.ROOT, "%,.0f", value);
  }
}
