package dev.culvert.provider;

/** Whether a provider's circuit lets attempts through. */
public enum CircuitState {
  /** All of them. */
  CLOSED(0),
  /** A few at once, as probes. */
  HALF_OPEN(1),
  /** None. */
  OPEN(2);

  private final int value;

  CircuitState(int value) {
    this.value = value;
  }

  /** The value of the gauge. */
  public int value() {
    return value;
  }
}
