package dev.culvert.turn;

import java.util.Optional;

/** Makes turns of a client's requests. Safe for use by any thread. */
public interface TurnMaker {

  /**
   * A turn that has not begun; empty when the client was told why there is none.
   *
   * @param frame that asks the upstream for what the body says
   */
  Optional<Turn> prepare(TurnBody body, String frame, TurnClient client);

  /** Where requests count that are still arriving. */
  RequestMemory memory();

  /** A request becomes no turn, and its client is told by whoever has it. */
  default void refused() {}
}
