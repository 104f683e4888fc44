package dev.culvert.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Gathers what was measured and lays it out as Markdown. Belongs to one thread. */
final class Report {

  private static final String NONE = "-";

  private final Transport transport;
  private final List<Contestant> contestants;
  private final Map<Integer, Map<Contestant, List<Measurement>>> rounds = new LinkedHashMap<>();
  private final Map<Contestant, Memory> memories = new LinkedHashMap<>();

  /**
   * Begins empty.
   *
   * @param transport what the tables are about
   * @param contestants in the order of the tables, those that cannot run included
   */
  Report(Transport transport, List<Contestant> contestants) {
    this.transport = transport;
    this.contestants = List.copyOf(contestants);
  }

  void add(int payload, Contestant contestant, Measurement round) {
    rounds
        .computeIfAbsent(payload, key -> new LinkedHashMap<>())
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
    String heading = "\n## " + transport.heading();
    StringBuilder text = new StringBuilder(256);
    rounds.forEach(
        (payload, measured) -> {
          text.append(heading).append(settings.connections()).append(" connections, ");
          text.append(payload).append(" bytes\n\n").append(speed(measured));
        });
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

  private String speed(Map<Contestant, List<Measurement>> measured) {
    Map<Contestant, Summary> summaries = new LinkedHashMap<>();
    measured.forEach((contestant, list) -> summaries.put(contestant, Summary.of(list)));
    OptionalDouble direct = bestRate(summaries, Contestant.Role.BASELINE);
    OptionalDouble peer = bestRate(summaries, Contestant.Role.PEER);
    Table table =
        new Table(
            "contestant",
            "msg/s",
            "lowest - highest",
            "of direct",
            "of best peer",
            "p50 us",
            "p99 us",
            "CPU s per million");
    for (Contestant contestant : contestants) {
      Summary summary = summaries.get(contestant);
      if (summary == null) {
        table.row(contestant.name(), contestant.missing().orElse(NONE));
      } else {
        boolean baseline = contestant.role() == Contestant.Role.BASELINE;
        table.row(
            contestant.name(),
            whole(summary.rate()),
            whole(summary.lowest()) + " - " + whole(summary.highest()),
            ratio(summary.rate(), direct),
            baseline ? NONE : ratio(summary.rate(), peer),
            whole(summary.p50()),
            whole(summary.p99()),
            baseline ? NONE : String.format(Locale.ROOT, "%.1f", summary.cpu()));
      }
    }
    return table.toString();
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

  private static OptionalDouble bestRate(Map<Contestant, Summary> summaries, Contestant.Role role) {
    return summaries.entrySet().stream()
        .filter(entry -> entry.getKey().role() == role)
        .mapToDouble(entry -> entry.getValue().rate())
        .max();
  }

  private static String whole(double value) {
    return String.format(Locale.ROOT, "%,.0f", value);
  }

  private static String ratio(double value, OptionalDouble base) {
    return base.isPresent() ? String.format(Locale.ROOT, "%.2f", value / base.getAsDouble()) : NONE;
  }
}
