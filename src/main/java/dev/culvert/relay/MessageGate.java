package dev.culvert.relay;

/**
 * One direction of a relay: lets the pieces of messages pass until it is told to stop, and then
 * only those of the message that has begun. Any thread.
 */
final class MessageGate {

  /** What becomes of a piece. */
  enum Passage {
    /** It begins a message. */
    FIRST,
    /** It goes on with one. */
    NEXT,
    /** It is dropped. */
    NONE
  }

  // All guarded by this.
  private boolean inMessage;
  private boolean stopping;
  private boolean shut;

  /** Asks to pass a piece; {@link #leave} must follow unless the answer is {@code NONE}. */
  synchronized Passage enter() {
    if (shut || (stopping && !inMessage)) {
      return Passage.NONE;
    }
    Passage passage = inMessage ? Passage.NEXT : Passage.FIRST;
    inMessage = true;
    return passage;
  }

  /** The piece is through. */
  synchronized void leave(boolean last) {
    inMessage = !last;
  }

  /** Ends with the message under way. */
  synchronized void stop() {
    stopping = true;
  }

  /** Ends at once. */
  synchronized void shut() {
    shut = true;
  }

  /** Whether nothing passes any more. */
  synchronized boolean isDone() {
    return shut || (stopping && !inMessage);
  }
}
