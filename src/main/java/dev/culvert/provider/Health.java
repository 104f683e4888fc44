package dev.culvert.provider;

import dev.culvert.config.HealthRules;

/** What the checks of one provider's health have come to. Guarded by itself. */
final class Health {

  private final HealthRules rules;
  private boolean well;
  private int against;

  /** Whether nobody has checked by these rules yet. */
  private boolean unchecked = true;

  /** Of a provider of which nothing is known: it is well. */
  Health(HealthRules rules) {
    this.rules = rules;
    this.well = true;
  }

  /** Of one that is checked by other rules from now on: unwell ones stay so until then. */
  Health(HealthRules rules, Health before) {
    this.rules = rules;
    this.well = before.isWell() || rules.interval().isZero();
  }

  HealthRules rules() {
    return rules;
  }

  /** Whether the provider may be asked, as far as checks say. */
  synchronized boolean isWell() {
    return well;
  }

  /**
   * Takes the result of a check.
   *
   * @return whether this has changed what the provider is held to be
   */
  synchronized boolean checked(boolean passed) {
    boolean decides = unchecked && passed; // what was found by other rules, or elsewhere, is over
    unchecked = false;
    if (passed == well) {
      against = 0;
      return false;
    }
    against++;
    if (!decides && against < (passed ? rules.passes() : rules.fails())) {
      return false;
    }
    well = passed;
    against = 0;
    return true;
  }
}
