package dev.culvert.turn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A client that remembers. Any thread. */
public final class RecordedClient implements TurnClient {

  final List<String> decisions = new CopyOnWriteArrayList<>();
  final List<Map<String, List<String>>> headers = new CopyOnWriteArrayList<>();
  final List<Event> events = new CopyOnWriteArrayList<>();
  private final CompletableFuture<TurnEnd> end = new CompletableFuture<>();

  @Override
  public void dispatched(String decision, Map<String, List<String>> upgradeHeaders) {
    decisions.add(decision);
    headers.add(upgradeHeaders);
  }

  @Override
  public void events(List<Event> passed) {
    assertThat(end).isNotDone();
    events.addAll(passed);
  }

  @Override
  public void ended(TurnEnd how) {
    assertThat(end.complete(how)).as("the turn's only end").isTrue();
  }

  boolean hasEnded() {
    return end.isDone();
  }

  /** The end; waits for it for at most ten seconds. */
  public TurnEnd end() throws Exception {
    return end.get(10, TimeUnit.SECONDS);
  }

  List<String> types() {
    return events.stream().map(Event::type).toList();
  }

  /** The decision of the last dispatch. */
  String decision() {
    return decisions.get(decisions.size() - 1);
  }
}
