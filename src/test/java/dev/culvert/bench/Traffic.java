package dev.culvert.bench;

/** What goes to and fro on the connections of a scenario. */
enum Traffic {
  /** WebSocket messages that are echoed. */
  MESSAGES("msg/s", "connections"),

  /** GET requests on connections that are kept; the payload is the answer's body. */
  REQUESTS("requests/s", "connections"),

  /** Server-sent events, each called for when the one before is there; the payload is an event. */
  EVENTS("events/s", "event streams");

  private final String rate;
  private final String connections;

  Traffic(String rate, String connections) {
    this.rate = rate;
    this.connections = connections;
  }

  /** Returns the unit of the rate. */
  String rate() {
    return rate;
  }

  /** Returns what the connections are called in headings. */
  String connections() {
    return connections;
  }
}
