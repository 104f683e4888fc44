package dev.culvert.turn;

import dev.culvert.config.Preset;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/** Stands before the client of a turn and reports it: one line a dispatch, counts and times. */
public final class TurnReport implements TurnClient {

  private static final Logger LOG = System.getLogger("dev.culvert.turn");

  static final String TURNS = "culvert_turns_total";
  static final String FIRST_EVENT = "culvert_turn_first_event_seconds";
  static final String DURATION = "culvert_turn_duration_seconds";

  /** Seconds: from a cache hit on a warm socket to the end of long reasoning. */
  private static final List<Double> BOUNDS =
      List.of(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0);

  /** What an upstream answers when the account is the reason, not the turn. */
  private static final Set<Integer> OF_THE_ACCOUNT = Set.of(401, 402, 403, 429);

  private final TurnClient client;
  private final TurnLabels labels;
  private final Preset preset;
  private final TurnBooks books;
  private final LongSupplier clock;
  private final long begun;

  // Calls come one at a time.
  private volatile boolean shown;
  private volatile int refusedWith;

  /**
   * @param client that gets everything
   * @param clock in nanoseconds
   */
  public TurnReport(
      TurnClient client, TurnLabels labels, Preset preset, TurnBooks books, LongSupplier clock) {
    this.client = client;
    this.labels = labels;
    this.preset = preset;
    this.books = books;
    this.clock = clock;
    this.begun = clock.getAsLong();
  }

  @Override
  public void dispatched(String decision, Map<String, List<String>> upgradeHeaders) {
    String previous = labels.previousResponse();
    LOG.log(
        Level.INFO,
        "CULVERT-T002 turn: route={0} request={1} account={2} ws={3} conversation={4} key={5}"
            + " previous={6} resume={7}",
        labels.route(),
        TurnLabels.quoted(labels.requestId()),
        labels.account(),
        decision,
        TurnLabels.quoted(labels.conversation()),
        labels.key(),
        TurnLabels.quoted(previous),
        !previous.isEmpty() && decision.startsWith("reuse"));
    client.dispatched(decision, upgradeHeaders);
  }

  @Override
  public void events(List<Event> events) {
    if (!shown) {
      shown = true;
      books.observe(FIRST_EVENT, route(), seconds(), BOUNDS);
    }
    events.forEach(event -> refusedWith(preset.statuses().get(event.code())));
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
    if (end instanceof TurnEnd.Refused refused && refused.byUpstream()) {
      refusedWith(refused.status());
    }
    if (refusedWith != 0) {
      books.refused(labels.account(), refusedWith);
    }
    Map<String, String> tags = new LinkedHashMap<>(route());
    tags.put("upstream", labels.upstream());
    tags.put("outcome", outcome(end));
    books.count(TURNS, tags);
    books.observe(DURATION, route(), seconds(), BOUNDS);
  }

  private void refusedWith(Integer status) {
    Optional.ofNullable(status)
        .filter(OF_THE_ACCOUNT::contains)
        .ifPresent(refused -> refusedWith = refused);
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
    return Map.of("route", labels.route());
  }

  private double seconds() {
    return (clock.getAsLong() - begun) / 1e9;
  }
}
