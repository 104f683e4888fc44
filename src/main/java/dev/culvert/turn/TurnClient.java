package dev.culvert.turn;

import java.util.List;
import java.util.Map;

/** The client's side of a turn. Calls come one at a time, in their order, by any thread. */
public interface TurnClient {

  /**
   * A dispatch was decided; comes before anything else of that dispatch.
   *
   * @param decision as it is logged
   * @param upgradeHeaders of the socket that was opened for it; empty when none was
   */
  void dispatched(String decision, Map<String, List<String>> upgradeHeaders);

  /**
   * Events for the client that come at once, in their order; never none. From the first one on the
   * answer is committed. May block.
   */
  void events(List<Event> events);

  /** The turn is over; the last call, and there is one for every turn. */
  void ended(TurnEnd end);
}
