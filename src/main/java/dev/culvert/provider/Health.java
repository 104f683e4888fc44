package dev.culvert.provider;

import dev.culvert.config.HealthRules;

/** What the checks of one provider's health have come to. Guarded by itself. */
final class Health {

  private final HealthRules rules;
  private boolean well = true;
  private int against;

  Health(HealthRules rules) {
    this.rules = rules;
  }

  HealthRules rules() {
    return rules;
  }

  /** A provider that was never checked is well. */
  synchronized boolean isWell() {
    return well;
  }

  /**
   * Takes the result of a check.
   *
   * @return whether this has changed what the provider is held to be
   */
  synchronized boolean checked(boolean passed) {
    if (passed == well) {
      against = 0;
      return false;
    }
    against++;
    if (against < (passed ? rules.passes() : rules.fails())) {
      return false;
    }
    well = passed;
    against = 0;
    return true;
  }
}
