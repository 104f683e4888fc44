package dev.culvert.turn.socket;

import dev.culvert.turn.RequestMemory;

/** Puts a text message together of its pieces. Belongs to the thread that brings them. */
final class MessageText {

  private final int limit;
  private final RequestMemory.Share memory;
  private StringBuilder text = new StringBuilder();
  private boolean tooLong;
  private boolean crowded;

  /**
   * @param limit most characters; of a longer message nothing is kept
   * @param memory asked before more is kept
   */
  MessageText(int limit, RequestMemory.Share memory) {
    this.limit = limit;
    this.memory = memory;
  }

  void add(String piece) {
    tooLong = tooLong || piece.length() > limit - text.length();
    crowded = crowded || (!tooLong && !memory.holds((long) text.length() + piece.length()));
    if (tooLong || crowded) {
      text = new StringBuilder();
      memory.release();
    } else {
      text.append(piece);
    }
  }

  boolean isTooLong() {
    return tooLong;
  }

  /** Whether there was no room for it beside others. */
  boolean isCrowdedOut() {
    return crowded;
  }

  /**
   * All pieces since the last time; empty when they were too long or had no room. Whoever takes it
   * gives its room back.
   */
  String take() {
    String whole = text.toString();
    text = new StringBuilder(); // keeps no room for the longest one
    tooLong = false;
    crowded = false;
    return whole;
  }
}
