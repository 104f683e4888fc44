package dev.culvert.turn;

/**
 * An event of the upstream.
 *
 * @param type empty when it names none
 * @param code of the error it tells, exactly as sent; empty when it tells none
 * @param responseId of the response it leaves behind; empty when it leaves none
 * @param text as it arrived
 */
public record Event(Kind kind, String type, String code, String responseId, String text) {

  /** What an event is to a turn. */
  public enum Kind {
    /** Shows nothing to a user. */
    METADATA,
    /** Shows something, or may do so. */
    VISIBLE,
    /** The last one. */
    TERMINAL,
    /** The last one, which says that the turn has failed. */
    FAILURE
  }

  /** Whether the turn ends with it. */
  public boolean isTerminal() {
    return kind == Kind.TERMINAL || kind == Kind.FAILURE;
  }

  /** Whether it says that the turn has failed. */
  public boolean isFailure() {
    return kind == Kind.FAILURE;
  }
}
