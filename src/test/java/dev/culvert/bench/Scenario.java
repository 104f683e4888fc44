package dev.culvert.bench;

/**
 * What a contestant carries.
 *
 * @param connections at the same time, at least 1; of events at most {@value Pacer#STREAMS}
 * @param payload of each message, body or event, in bytes; of a message at least {@value
 *     Conversation#MIN_PAYLOAD}
 */
record Scenario(Traffic traffic, int connections, int payload) {

  Scenario {
    int most = traffic == Traffic.EVENTS ? Pacer.STREAMS : Integer.MAX_VALUE;
    if (connections < 1 || connections > most) {
      throw new IllegalArgumentException(
          "connections: " + connections + " (expected: 1 to " + most + ")");
    }
    int least = traffic == Traffic.MESSAGES ? Conversation.MIN_PAYLOAD : 0;
    if (payload < least) {
      throw new IllegalArgumentException("payload: " + payload + " (expected: >= " + least + ")");
    }
  }

  /** Returns it for headings. */
  @Override
  public String toString() {
    return connections + " " + traffic.connections() + ", " + payload + " bytes";
  }
}
