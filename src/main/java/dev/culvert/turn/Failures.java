package dev.culvert.turn;

import dev.culvert.provider.Failure;
import dev.culvert.provider.Failure.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Classes of the failures of turns. */
final class Failures {

  private static final int PAYMENT_REQUIRED = 402;

  /** By the code of a refusal that the upstream has not uttered. */
  private static final Map<String, Kind> OWN =
      Map.of(
          TurnEnd.UNREACHABLE, Kind.CONNECT,
          TurnEnd.CLOSED_BEFORE, Kind.RESET,
          TurnEnd.DISCONNECTED, Kind.RESET,
          TurnEnd.NO_START, Kind.RESET,
          TurnEnd.TOO_LARGE, Kind.POLICY,
          TurnEnd.BAD_REQUEST, Kind.CLIENT_ERROR,
          TurnEnd.NOT_FOUND, Kind.CLIENT_ERROR,
          TurnEnd.IN_PROGRESS, Kind.CLIENT_ERROR);

  private Failures() {}

  /**
   * The class of a refusal.
   *
   * @param ours whether the upstream was shown a credential of ours
   */
  static Failure of(TurnEnd.Refused refused, boolean ours) {
    if (!refused.byUpstream()) {
      return Failure.of(OWN.getOrDefault(refused.code(), Kind.LOCAL));
    }
    Optional<Duration> retryAfter = retryAfter(refused.headers());
    if (ours && refused.status() == PAYMENT_REQUIRED) {
      // What is used up is our account's, and not every upstream's.
      return new Failure(Kind.CREDENTIAL, refused.status(), retryAfter);
    }
    return ours
        ? Failure.ofStatusToUs(refused.status(), retryAfter)
        : Failure.ofStatus(refused.status(), retryAfter);
  }

  /**
   * Whether another upstream may be asked without the request being carried out twice.
   *
   * @param replayable whether that does no harm
   */
  static boolean mayGoElsewhere(TurnEnd.Refused refused, boolean replayable) {
    boolean perhapsBegun =
        refused.code().equals(TurnEnd.DISCONNECTED) || refused.code().equals(TurnEnd.NO_START);
    return refused.byUpstream() || replayable || !perhapsBegun;
  }

  /** RFC 9110 10.2.3, in seconds; dates are not looked at. */
  static Optional<Duration> retryAfter(Map<String, List<String>> headers) {
    return headers.getOrDefault("retry-after", List.of()).stream()
        .filter(text -> text.matches("\\d{1,9}"))
        .map(text -> Duration.ofSeconds(Long.parseLong(text)))
        .findFirst();
  }
}
