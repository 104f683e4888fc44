package dev.culvert.turn;

import dev.culvert.config.Upstream;
import dev.culvert.provider.Attempt;
import dev.culvert.provider.Credential;
import java.util.Optional;

/** Makes a client's turn at whichever upstream was chosen. Any thread. */
public interface UpstreamTurns {

  /**
   * The turn at the upstream of an attempt, not begun; empty when the client was told why there is
   * none.
   */
  Optional<Turn> at(Attempt attempt, TurnClient client);

  /** Whose credential an upstream gets to see. */
  Credential shownTo(Upstream upstream);
}
