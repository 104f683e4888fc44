package dev.culvert.sim;

import java.util.Map;
import java.util.Optional;

/**
 * How a turn is answered.
 *
 * @param rateLimits whether an event about rate limits comes first
 * @param deltas pieces of output, at least 1
 * @param padding characters by which each piece is longer than need be
 * @param terminal type of the last event
 * @param faults what happens after a stage
 */
public record Script(
    boolean rateLimits, int deltas, int padding, String terminal, Map<Stage, Action> faults) {

  /** Two pieces of output and {@code response.completed}. */
  public static final Script RIGHT = new Script(false, 2, 0, "response.completed", Map.of());

  /** Copies the map. */
  public Script {
    faults = Map.copyOf(faults);
  }

  /** A right answer up to the stage, then the action. */
  public static Script fault(Stage stage, Action action) {
    return new Script(RIGHT.rateLimits, RIGHT.deltas, 0, RIGHT.terminal, Map.of(stage, action));
  }

  /** An answer that ends with the given event. */
  public static Script ending(String terminal) {
    return new Script(RIGHT.rateLimits, RIGHT.deltas, 0, terminal, Map.of());
  }

  /** Nothing but this event. */
  public static Script only(String event) {
    return fault(Stage.FRAME, new Action.Text(event));
  }

  /** The same after an event about rate limits. */
  public Script withRateLimits() {
    return new Script(true, deltas, padding, terminal, faults);
  }

  /** The same with so many pieces of output. */
  public Script withDeltas(int count) {
    return new Script(rateLimits, count, padding, terminal, faults);
  }

  /** The same with pieces that are longer by so many characters. */
  public Script withPadding(int characters) {
    return new Script(rateLimits, deltas, characters, terminal, faults);
  }

  Optional<Action> behind(Stage stage) {
    return Optional.ofNullable(faults.get(stage));
  }
}
