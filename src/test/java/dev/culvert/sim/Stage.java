package dev.culvert.sim;

/** How far a turn has come, from the client's point of view. */
public enum Stage {
  /** The request frame has arrived; nothing has been sent. */
  FRAME,
  /** Events that show nothing to a user have been sent. */
  METADATA,
  /** The first piece of output has been sent. */
  VISIBLE,
  /** The terminal event has been sent. */
  TERMINAL
}
