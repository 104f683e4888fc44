package dev.culvert.turn;

import dev.culvert.handshake.RetryAfter;
import dev.culvert.provider.Credential;
import dev.culvert.provider.Failure;
import dev.culvert.provider.Failure.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Classes of the failures of turns. */
final class Failures {

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
   * @param shown what the upstream was shown
   */
  static Failure of(TurnEnd.Refused refused, Credential shown) {
    return refused.byUpstream()
        ? shown.failure(refused.status(), retryAfter(refused.headers()))
        : Failure.of(OWN.getOrDefault(refused.code(), Kind.LOCAL));
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

  /** What an answer to an upgrade says of a later try. */
  static Optional<Duration> retryAfter(Map<String, List<String>> headers) {
    return headers.getOrDefault("retry-after", List.of()).stream()
        .findFirst()
        .flatMap(value -> RetryAfter.parse(value, Instant.now()));
  }
}
