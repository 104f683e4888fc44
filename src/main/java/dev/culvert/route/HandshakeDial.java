package dev.culvert.route;

import dev.culvert.boundary.DialResult;
import dev.culvert.boundary.DialSpec;
import dev.culvert.boundary.Fields;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Has the host ask upstreams for the protocol that a client wants. */
record HandshakeDial(Gateway gateway, HandshakeRequest asked) {

  /** Longest response head and body of an upstream that refuses. */
  private static final int MAX_HEAD = 64 * 1024;

  private static final int MAX_BODY = 64 * 1024;

  /**
   * Begins.
   *
   * @param time for all of it, a millisecond at least
   * @return a {@link DialResult}; who cancels it has the dial ended
   * @throws IllegalStateException when the deployment has ended
   */
  CompletableFuture<Map<String, Object>> begin(Candidates.Found candidates, Duration time) {
    DialSpec spec =
        new DialSpec(
            gateway.application(),
            asked.route().name(),
            asked.route().maxStreams(),
            candidates.authorities(),
            candidates.heads(),
            candidates.tls(),
            candidates.proxies(asked.settings().transport()),
            asked.settings().connectTimeout().toMillis(),
            time.toMillis(),
            MAX_HEAD,
            MAX_BODY);
    return gateway.host().dial(gateway.deployment(), Fields.of(spec));
  }

  /** Closes the connection that came of it, where there is one that nobody wants. */
  void abandon(DialResult result) {
    if (result != null && result.connection() != 0) {
      gateway.host().abandon(result.connection());
    }
  }
}
