package dev.culvert.route;

import dev.culvert.turn.Event;
import dev.culvert.turn.TurnBody;
import dev.culvert.turn.TurnClient;
import dev.culvert.turn.TurnEnd;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A client whose turn comes to nothing. Belongs to one thread. */
final class RefusedClient implements TurnClient {

  private Optional<TurnEnd> end = Optional.empty();

  static TurnBody body() {
    return TurnBody.read("{}");
  }

  TurnEnd.Refused refused() {
    return (TurnEnd.Refused) end.orElseThrow();
  }

  @Override
  public void dispatched(String decision, Map<String, List<String>> upgradeHeaders) {
    throw new AssertionError(decision);
  }

  @Override
  public void events(List<Event> passed) {
    throw new AssertionError(passed);
  }

  @Override
  public void ended(TurnEnd how) {
    end = Optional.of(how);
  }
}
