package dev.culvert.provider;

/** Whether a provider's circuit lets attempts through. */
public enum CircuitState {
  /** All of them. */
  CLOSED(0, "closed"),
  /** A few at once, as probes. */
  HALF_OPEN(1, "half-open"),
  /** None. */
  OPEN(2, "open");

  private final int value;
  private final String label;

  CircuitState(int value, String label) {
    this.value = value;
    this.label = label;
  }

  /** As in the log. */
  public String label() {
    return label;
  }

  /** The value of the gauge. */
  public int value() {
    return value;
  }
}
