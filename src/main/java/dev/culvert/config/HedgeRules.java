package dev.culvert.config;

import java.time.Duration;

/**
 * When a streaming request that shows nothing yet is tried elsewhere as well.
 *
 * @param firstByteTimeout silence of an attempt after which one more begins; zero = never
 * @param max attempts beside the first one, above zero
 */
public record HedgeRules(Duration firstByteTimeout, int max) {

  /** Never. */
  public static final HedgeRules NONE = new HedgeRules(Duration.ZERO, 2);

  /** Whether requests are hedged at all. */
  public boolean enabled() {
    return !firstByteTimeout.isZero();
  }
}
