package dev.culvert.turn;

import dev.culvert.handshake.Refusal;
import dev.culvert.provider.Choice;
import dev.culvert.provider.Verdict;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the tries of one turn have failed with: what follows, and what the client gets if nothing
 * does. What is wrong everywhere stays the answer, whatever other tries fail with afterwards. Any
 * thread.
 */
final class LegFailures {

  /**
   * What the client gets when no try had anything to show.
   *
   * @param upstream whose word it is; empty when it is the gateway's own
   * @param events that are passed on before the end; perhaps none
   */
  record LastWord(Optional<String> upstream, List<Event> events, TurnEnd end) {

    /** What the gateway itself has to say. */
    static LastWord own(TurnEnd.Refused refused) {
      return new LastWord(Optional.empty(), List.of(), refused);
    }

    /** That there is nobody to be asked. */
    static LastWord nobody(Choice.None none) {
      Refusal refusal = Refusal.unavailable(none.reason(), none.retryAfter());
      Map<String, List<String>> headers =
          Map.of("retry-after", refusal.headers().values("Retry-After"));
      return own(
          new TurnEnd.Refused(refusal.status(), TurnEnd.NO_UPSTREAM, none.reason(), headers, ""));
    }
  }

  // Guarded by this.
  private Optional<LastWord> lastWord = Optional.empty();
  private Optional<Verdict> next = Optional.empty();

  /** A try has failed; its verdict counts if no other try is left. */
  synchronized void add(Verdict verdict, LastWord word) {
    boolean decided = next.filter(former -> former instanceof Verdict.Return).isPresent();
    if (!decided) {
      lastWord = Optional.of(word);
      next = Optional.of(verdict);
    }
  }

  /** What follows, now that no try is left; counts once. */
  synchronized Verdict takeVerdict() {
    Verdict verdict = next.orElse(new Verdict.Return());
    next = Optional.empty();
    return verdict;
  }

  /** The most telling failure; empty when none was noted. */
  synchronized Optional<LastWord> lastWord() {
    return lastWord;
  }
}
