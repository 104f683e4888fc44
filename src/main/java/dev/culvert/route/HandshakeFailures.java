package dev.culvert.route;

import dev.culvert.boundary.DialResult;
import dev.culvert.config.HeaderRules;
import dev.culvert.handshake.Headers;
import dev.culvert.handshake.Refusal;
import dev.culvert.handshake.RetryAfter;
import dev.culvert.handshake.UpstreamResponse;
import dev.culvert.provider.Failure;
import dev.culvert.provider.Failure.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** Classes of the failures of handshakes. */
final class HandshakeFailures {

  private static final int TOO_MANY_REQUESTS = 429;
  private static final String AUTHORIZATION = "authorization";

  private HandshakeFailures() {}

  /**
   * Whether an upstream has done what it is there for, though it did not switch protocols: it may
   * want the client to go elsewhere.
   */
  static boolean isServed(UpstreamResponse response) {
    return response instanceof UpstreamResponse.Relay relay && relay.status() < 400;
  }

  /**
   * The class of an answer that is no upgrade. The credential that was shown is the client's own,
   * so that its refusal goes back to the client.
   */
  static Failure of(HandshakeRequest asked, DialResult result, UpstreamResponse response) {
    if (response instanceof UpstreamResponse.Relay relay) {
      return Failure.ofStatus(relay.status(), retryAfter(asked, result));
    }
    return Failure.of(response instanceof Refusal refusal ? kind(refusal) : Kind.LOCAL);
  }

  private static Kind kind(Refusal refusal) {
    return switch (refusal.outcome()) {
      case CONNECT_FAILED -> Kind.CONNECT;
      case BAD_RESPONSE, TIMEOUT -> Kind.RESET;
      default -> Kind.LOCAL;
    };
  }

  /** What limits one client's own credential does not limit the upstream for others. */
  private static Optional<Duration> retryAfter(HandshakeRequest asked, DialResult result) {
    if (result.status() == TOO_MANY_REQUESTS && showsOwnCredential(asked)) {
      return Optional.empty();
    }
    return RetryAfter.of(Headers.ofPairs(result.headers()), Instant.now());
  }

  private static boolean showsOwnCredential(HandshakeRequest asked) {
    HeaderRules rules = asked.route().requestHeaders();
    boolean replaced =
        rules.remove().contains(AUTHORIZATION)
            || rules.set().keySet().stream()
                .anyMatch(name -> name.toLowerCase(Locale.ROOT).equals(AUTHORIZATION));
    return !replaced && asked.request().headers().contains(AUTHORIZATION);
  }

  /** Whether the request may be sent again behind such a failure. */
  static boolean isRepeatable(HandshakeRequest asked, Failure failure) {
    return failure.kind() == Kind.CONNECT || asked.request().method().equals("GET");
  }
}
