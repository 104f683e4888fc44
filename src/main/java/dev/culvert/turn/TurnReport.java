package dev.culvert.turn;

import dev.culvert.config.Preset;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** Stands before the client of a turn and counts it, wherever it was answered. */
public final class TurnReport implements TurnClient {

  private static final Logger LOG = System.getLogger("dev.culvert.turn");

  static final String TURNS = "culvert_turns_total";
  static final String FIRST_EVENT = "culvert_turn_first_event_seconds";
  static final String DURATION = "culvert_turn_duration_seconds";

  /** Seconds: from a cache hit on a warm socket to the end of long reasoning. */
  private static final List<Double> BOUNDS =
      List.of(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0);

  private final TurnClient client;
  private final String route;
  private final Preset preset;
  private final TurnBooks books;
  private final LongSupplier clock;
  private final long begun;

  // Calls come one at a time.
  private volatile boolean shown;
  private volatile String upstream = "";

  /**
   * @param client that gets everything
   * @param clock in nanoseconds
   */
  public TurnReport(
      TurnClient client, String route, Preset preset, TurnBooks books, LongSupplier clock) {
    this.client = client;
    this.route = route;
    this.preset = preset;
    this.books = books;
    this.clock = clock;
    this.begun = clock.getAsLong();
  }

  /** Counts a request of a route that becomes no turn. */
  public static void countRefused(TurnBooks books, String route) {
    books.count(TURNS, tags(route, "", "refused"));
  }

  /** The upstream that the turn is at, for the count of its end. */
  void at(String name) {
    upstream = name;
  }

  @Override
  public void dispatched(String decision, Map<String, List<String>> upgradeHeaders) {
    client.dispatched(decision, upgradeHeaders);
  }

  @Override
  public void events(List<Event> events) {
    if (!shown) {
      shown = true;
      books.observe(FIRST_EVENT, route(), seconds(), BOUNDS);
    }
    client.events(events);
  }

  /** The client is told even when the books fail. */
  @Override
  public void ended(TurnEnd end) {
    try {
      book(end);
    } finally {
      client.ended(end);
    }
  }

  private void book(TurnEnd end) {
    books.count(TURNS, tags(route, upstream, outcome(end)));
    books.observe(DURATION, route(), seconds(), BOUNDS);
    if (end instanceof TurnEnd.Aborted) {
      LOG.log(
          Level.INFO,
          "CULVERT-T005 client left before the end of its turn: route={0} upstream={1} status=499"
              + " seconds={2}",
          route,
          upstream.isEmpty() ? "none" : upstream,
          Double.toString(seconds()));
    }
  }

  /** Always in this order: another one would be another series. */
  private static Map<String, String> tags(String route, String upstream, String outcome) {
    Map<String, String> tags = new LinkedHashMap<>();
    tags.put("route", route);
    tags.put("upstream", upstream);
    tags.put("outcome", outcome);
    return tags;
  }

  private String outcome(TurnEnd end) {
    if (end instanceof TurnEnd.Completed completed) {
      return preset.owning().contains(completed.type()) ? "completed" : "failed";
    } else if (end instanceof TurnEnd.Refused) {
      return "refused";
    }
    return end instanceof TurnEnd.Broken ? "disconnected" : "aborted";
  }

  private Map<String, String> route() {
    return Map.of("route", route);
  }

  private double seconds() {
    return (clock.getAsLong() - begun) / 1e9;
  }
}
