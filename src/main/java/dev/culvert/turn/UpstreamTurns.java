package dev.culvert.turn;

import dev.culvert.provider.Attempt;
import java.util.Optional;

/** Makes a client's turn at whichever upstream was chosen. Any thread. */
public interface UpstreamTurns {

  /**
   * The turn at the upstream of an attempt, not begun; empty when the client was told why there is
   * none.
   */
  Optional<Turn> at(Attempt attempt, TurnClient client);
}
