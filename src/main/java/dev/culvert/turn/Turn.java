package dev.culvert.turn;

import java.util.concurrent.Executor;

/** A request of a client and the events that answer it. Safe for use by any thread. */
public interface Turn {

  /**
   * Begins, on the caller's thread; it is not used for much more than the request. Once only.
   *
   * @param executor runs what may block and comes from a thread that must not
   */
  void start(Executor executor);

  /** The client has gone away. Idempotent. */
  void abort();

  /** Ends it although neither side has: the client is told that it broke off. Idempotent. */
  void cutOff(String detail);
}
