package dev.culvert.sim;

import java.util.concurrent.CountDownLatch;

/** What a simulated upstream does in place of, or in the middle of, a right answer. */
public sealed interface Action {

  /** Cuts the TCP connection without a close frame. */
  record Drop() implements Action {}

  /** Closes with a close frame. */
  record Close(int code) implements Action {}

  /** Sends nothing more of this turn, but goes on to read and to answer pings. */
  record Stall() implements Action {}

  /** Sends text instead of the rest of the turn. */
  record Text(String text) implements Action {}

  /** Sends a binary frame instead of the rest of the turn. */
  record Binary() implements Action {}

  /** Waits for the gate and goes on with the turn; pings are not answered meanwhile. */
  record Wait(CountDownLatch gate) implements Action {}
}
