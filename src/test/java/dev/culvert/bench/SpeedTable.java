package dev.culvert.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

/** The table of one scenario. */
final class SpeedTable {

  private static final String NONE = "-";
  private static final double MEGABYTE = 1e6;

  /** A head and what stands below it. */
  private record Column(String head, BiFunction<Contestant, Summary, String> cell) {}

  private final Scenario scenario;
  private final List<Contestant> contestants;
  private final Map<Contestant, Summary> summaries = new LinkedHashMap<>();

  /**
   * Sums up.
   *
   * @param contestants in the order of the table, those that cannot run included
   * @param rounds of those who have run
   */
  SpeedTable(
      Scenario scenario, List<Contestant> contestants, Map<Contestant, List<Measurement>> rounds) {
    this.scenario = scenario;
    this.contestants = List.copyOf(contestants);
    rounds.forEach((contestant, list) -> summaries.put(contestant, Summary.of(list)));
  }

  @Override
  public String toString() {
    List<Column> columns = columns();
    List<String> heads = new ArrayList<>(List.of("contestant"));
    columns.forEach(column -> heads.add(column.head()));
    Table table = new Table(heads.toArray(String[]::new));
    for (Contestant contestant : contestants) {
      Summary summary = summaries.get(contestant);
      List<String> cells = new ArrayList<>(List.of(contestant.name()));
      if (summary == null) {
        cells.add(contestant.missing().orElse(NONE));
      } else {
        columns.forEach(column -> cells.add(column.cell().apply(contestant, summary)));
      }
      table.row(cells.toArray(String[]::new));
    }
    return table.toString();
  }

  private List<Column> columns() {
    OptionalDouble direct = best(Contestant.Role.BASELINE);
    OptionalDouble peer = best(Contestant.Role.PEER, Contestant.Role.JVM_PEER);
    OptionalDouble jvmPeer = best(Contestant.Role.JVM_PEER);
    List<Column> columns = new ArrayList<>();
    columns.add(new Column(scenario.traffic().rate(), (who, has) -> whole(has.rate())));
    columns.add(
        new Column(
            "lowest - highest", (who, has) -> whole(has.lowest()) + " - " + whole(has.highest())));
    if (scenario.traffic() == Traffic.REQUESTS) {
      columns.add(
          new Column("MB/s", (who, has) -> whole(has.rate() * scenario.payload() / MEGABYTE)));
    }
    columns.add(new Column("of direct", (who, has) -> ratio(has.rate(), direct)));
    columns.add(new Column("of best peer", ofProxies(has -> ratio(has.rate(), peer))));
    if (jvmPeer.isPresent()) {
      columns.add(new Column("of JVM peer", ofProxies(has -> ratio(has.rate(), jvmPeer))));
    }
    columns.add(new Column("p50 us", (who, has) -> whole(has.p50())));
    columns.add(new Column("p99 us", (who, has) -> whole(has.p99())));
    columns.add(
        new Column(
            "CPU s per million", ofProxies(has -> String.format(Locale.ROOT, "%.1f", has.cpu()))));
    return columns;
  }

  private static BiFunction<Contestant, Summary, String> ofProxies(Function<Summary, String> cell) {
    return (who, has) -> who.role() == Contestant.Role.BASELINE ? NONE : cell.apply(has);
  }

  private OptionalDouble best(Contestant.Role... roles) {
    return summaries.entrySet().stream()
        .filter(entry -> Set.of(roles).contains(entry.getKey().role()))
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
