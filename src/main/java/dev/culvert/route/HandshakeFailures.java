package dev.culvert.route;

import dev.culvert.boundary.DialResult;
import dev.culvert.handshake.Headers;
import dev.culvert.handshake.Refusal;
import dev.culvert.handshake.RetryAfter;
import dev.culvert.handshake.UpstreamResponse;
import dev.culvert.provider.Failure;
import dev.culvert.provider.Failure.Kind;
import java.time.Instant;

/** Classes of the failures of handshakes. */
final class HandshakeFailures {

  private HandshakeFailures() {}

  /**
   * Whether an upstream has done what it is there for, though it did not switch protocols: it may
   * want the client to go elsewhere.
   */
  static boolean isServed(UpstreamResponse response) {
    return response instanceof UpstreamResponse.Relay relay && relay.status() < 400;
  }

  /** The class of an answer that is no upgrade; streams show no accounts. */
  static Failure of(HandshakeRequest asked, DialResult result, UpstreamResponse response) {
    if (response instanceof UpstreamResponse.Relay relay) {
      return ShownCredential.ofCaller(asked.route(), asked.request())
          .failureOfFreeRequest(
              relay.status(), RetryAfter.of(Headers.ofPairs(result.headers()), Instant.now()));
    }
    if (UpstreamResponse.exceedsOffer(result, asked.request(), asked.token())) {
      return Failure.of(Kind.POLICY);
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

  /** Whether the request may be sent again after such a failure. */
  static boolean isRepeatable(HandshakeRequest asked, Failure failure) {
    return failure.kind() == Kind.CONNECT || asked.request().method().equals("GET");
  }
}
