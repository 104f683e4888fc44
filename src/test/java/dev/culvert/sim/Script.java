package dev.culvert.sim;

import java.util.Map;
import java.util.Optional;

/**
 * How a turn is answered.
 *
 * @param rateLimits whether an event about rate limits comes first
 * @param deltas pieces of output, at least 1
 * @param terminal type of the last event
 * @param faults what happens behind a stage
 */
public record Script(boolean rateLimits, int deltas, String terminal, Map<Stage, Action> faults) {

  /** Two pieces of output and {@code response.completed}. */
  public static final Script RIGHT = new Script(false, 2, "response.completed", Map.of());

  /** Copies the map. */
  public Script {
    faults = Map.copyOf(faults);
  }

  /** A right answer up to the stage, then the action. */
  public static Script fault(Stage stage, Action action) {
    return new Script(RIGHT.rateLimits, RIGHT.deltas, RIGHT.terminal, Map.of(stage, action));
  }

  /** An answer that ends with the given event. */
  public static Script ending(String terminal) {
    return new Script(RIGHT.rateLimits, RIGHT.deltas, terminal, Map.of());
  }

  /** Nothing but this event. */
  public static Script only(String event) {
    return fault(Stage.FRAME, new Action.Text(event));
  }

  /** The same behind an event about rate limits. */
  public Script withRateLimits() {
    return new Script(true, deltas, terminal, faults);
  }

  /** The same with so many pieces of output. */
  public Script withDeltas(int count) {
    return new Script(rateLimits, count, terminal, faults);
  }

  Optional<Action> behind(Stage stage) {
    return Optional.ofNullable(faults.get(stage));
  }
}
