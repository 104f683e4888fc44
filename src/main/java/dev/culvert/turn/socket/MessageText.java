package dev.culvert.turn.socket;

/** Puts a text message together of its pieces. Belongs to the thread that brings them. */
final class MessageText {

  private final int limit;
  private StringBuilder text = new StringBuilder();
  private boolean tooLong;

  /**
   * @param limit most characters; of a longer message nothing is kept
   */
  MessageText(int limit) {
    this.limit = limit;
  }

  void add(String piece) {
    tooLong = tooLong || piece.length() > limit - text.length();
    if (tooLong) {
      text = new StringBuilder();
    } else {
      text.append(piece);
    }
  }

  boolean isTooLong() {
    return tooLong;
  }

  /** All pieces since the last time; empty when they were too long. */
  String take() {
    String whole = text.toString();
    text = new StringBuilder(); // keeps no room for the longest one
    tooLong = false;
    return whole;
  }
}
