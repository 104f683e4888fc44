package dev.culvert.route;

/**
 * How far the answer to one client has come. Several may want to have the last word: an upstream, a
 * limit, the client that leaves, the end of the deployment. Any thread.
 */
final class AnswerState {

  // Guarded by this.
  private int status;
  private boolean begun;
  private boolean over;

  /** Whether this call begins the answer: nobody else has, and it is not over. */
  synchronized boolean begin(int beginning) {
    if (begun || over) {
      return false;
    }
    begun = true;
    status = beginning;
    return true;
  }

  /** Whether this call ends the exchange. */
  synchronized boolean finish() {
    boolean first = !over;
    over = true;
    return first;
  }

  /** That the answer has begun with; 0 when it has not. */
  synchronized int status() {
    return status;
  }
}
