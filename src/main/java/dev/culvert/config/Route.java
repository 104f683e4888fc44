package dev.culvert.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One route: which requests it takes and what becomes of them. Durations of zero mean "none" unless
 * said otherwise.
 *
 * @param name as in the key, unique
 * @param path servlet-style pattern below the context root
 * @param host host name of the request, lower case; empty = any
 * @param mode what the route does with a request
 * @param upstreams names, at least one, each of them in {@link Settings#upstreams()}
 * @param upgrades allowed {@code Upgrade} tokens, lower case, never {@code h2c}
 * @param rewrite template of the target path; empty = path below the context root, unchanged
 * @param roles roles that may use the route; empty = everyone; {@code **} = any user
 * @param origins allowed {@code Origin} values, lower case and without a port that is the scheme's
 *     own; empty = same origin; {@code *} = any
 * @param onRedeploy what undeploy does to the route's streams
 * @param closeDelay between the cause of a close and the close
 * @param closeJitter upper bound of a random addition to the delay
 * @param closeGrace how long an answering close frame is waited for
 * @param handshakeTimeout for the whole upstream handshake, above zero
 * @param limits limits of each stream
 * @param maxStreams streams above which the route answers 503; 0 = no limit
 * @param requestHeaders changes to the request towards the upstream
 * @param responseHeaders changes to the response towards the client
 * @param hostHeader which {@code Host} the upstream sees
 * @param turn how requests are treated in mode {@link Mode#TURNS}
 */
public record Route(
    String name,
    PathPattern path,
    Optional<String> host,
    Mode mode,
    List<String> upstreams,
    Set<String> upgrades,
    Optional<String> rewrite,
    Set<String> roles,
    Set<String> origins,
    OnRedeploy onRedeploy,
    Duration closeDelay,
    Duration closeJitter,
    Duration closeGrace,
    Duration handshakeTimeout,
    StreamLimits limits,
    int maxStreams,
    HeaderRules requestHeaders,
    HeaderRules responseHeaders,
    HostHeader hostHeader,
    TurnRules turn) {

  /** Copies the collections. */
  public Route {
    upstreams = List.copyOf(upstreams);
    upgrades = Set.copyOf(upgrades);
    roles = Set.copyOf(roles);
    origins = Set.copyOf(origins);
  }

  /** What a route does with a request. */
  public enum Mode {
    /** Upgraded connections, joined byte for byte. */
    TUNNEL,
    /** WebSocket messages, passed on by the server's own endpoint. */
    RELAY,
    /** Requests that are answered with events, on pooled WebSockets of the upstream. */
    TURNS
  }

  /** What undeploy does to streams. */
  public enum OnRedeploy {
    /** They close, after the delay. */
    CLOSE,
    /** They live on as long as their upstream stays in the configuration. */
    DETACHED
  }

  /** Which {@code Host} header the upstream sees. */
  public enum HostHeader {
    /** The one the client sent. */
    PASS,
    /** The authority of the upstream's URL. */
    UPSTREAM
  }
}
