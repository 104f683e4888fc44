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
 * @param policy how an upstream is chosen among those of the best priority
 * @param session where the name of a request's session is found, the most telling first; in mode
 *     {@link Mode#TURNS} the conversation is the session
 * @param retry how often a request is tried
 * @param hedge when a streaming request is tried elsewhere as well
 * @param turn how requests are treated in mode {@link Mode#TURNS}
 * @param http how requests are treated in mode {@link Mode#HTTP}
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
    Policy policy,
    List<Feature> session,
    RetryRules retry,
    HedgeRules hedge,
    TurnRules turn,
    HttpRules http) {

  /** Copies the collections. */
  public Route {
    upstreams = List.copyOf(upstreams);
    upgrades = Set.copyOf(upgrades);
    roles = Set.copyOf(roles);
    origins = Set.copyOf(origins);
    session = List.copyOf(session);
  }

  /** What a route does with a request. */
  public enum Mode {
    /** Upgraded connections, joined byte for byte. */
    TUNNEL,
    /** WebSocket messages, passed on by the server's own endpoint. */
    RELAY,
    /** Requests that are answered with events, on pooled WebSockets of the upstream. */
    TURNS,
    /** Ordinary requests, passed on by the gateway's own transport. */
    HTTP
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
