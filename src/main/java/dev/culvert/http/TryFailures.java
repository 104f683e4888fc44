package dev.culvert.http;

import dev.culvert.provider.Verdict;
import java.util.Optional;

/**
 * What the attempts of one exchange have failed with: what follows, and what the client gets if
 * nothing does. What is wrong everywhere, or must not be done twice, stays so whatever other
 * attempts fail with afterwards; and an answer says more than none. Guarded by the exchange.
 */
final class TryFailures {

  private Optional<Try> answer = Optional.empty();
  private Optional<OwnAnswer> own = Optional.empty();
  private Optional<Verdict> next = Optional.empty();

  /**
   * An answer with a failure.
   *
   * @return the one of which no use will be made: an earlier one, or this
   */
  Optional<Try> answered(Try failed, Verdict verdict) {
    boolean better = answer.isEmpty() || !isDecided();
    add(verdict);
    if (!better) {
      return Optional.of(failed);
    }
    Optional<Try> earlier = answer;
    answer = Optional.of(failed);
    own = Optional.empty();
    return earlier;
  }

  /**
   * An attempt has ended without an answer. That one could not be asked says nothing against what
   * follows from another.
   */
  void unanswered(OwnAnswer instead, Verdict verdict) {
    boolean nothingNew = verdict instanceof Verdict.Unavailable && next.isPresent();
    if (!isDecided() && !nothingNew) {
      own = Optional.of(instead);
      next = Optional.of(verdict);
    }
  }

  private void add(Verdict verdict) {
    if (!isDecided()) {
      next = Optional.of(verdict);
    }
  }

  /** Whether the request is tried neither again nor elsewhere. */
  private boolean isDecided() {
    return next.filter(Verdict.Return.class::isInstance).isPresent();
  }

  /** What follows, now that no attempt is left; counts once. */
  Verdict takeVerdict() {
    Verdict verdict = next.orElseGet(Verdict.Return::new);
    next = Optional.empty();
    return verdict;
  }

  /** The answer that waits, for whoever lets it go or passes it on. */
  Optional<Try> takeAnswer() {
    Optional<Try> taken = answer;
    answer = Optional.empty();
    return taken;
  }

  /** What the gateway has to say of the last attempt without an answer. */
  Optional<OwnAnswer> own() {
    return own;
  }
}
