package dev.culvert.host.dial;

import dev.culvert.host.dial.ResponseHead.Malformed;

/** Bounds the interim responses before a final one. For one thread. */
final class InterimResponses {

  /** Generously: servers send one, those with early hints a few. */
  private static final int MOST = 20;

  private int count;

  /**
   * Counts a head.
   *
   * @return whether another one follows it
   * @throws Malformed when too many have come
   */
  boolean includes(ResponseHead head) throws Malformed {
    if (!head.isInterim()) {
      return false;
    }
    count++;
    if (count > MOST) {
      throw new Malformed("interim responses: more than " + MOST);
    }
    return true;
  }
}
