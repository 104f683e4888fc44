package dev.culvert.config;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where a route's streams go.
 *
 * @param name as in the key, unique
 * @param addresses at least one, in the order in which they are tried
 * @param tls how connections to its secure addresses are secured; empty when it has none
 * @param enabled whether new streams may go there; live ones are not touched
 * @param accounts names of credentials for its pooled sockets, each of them in {@link
 *     Settings#accounts()}; empty = the callers' own
 * @param priority upstreams with the lowest number are taken first, 0 and up
 * @param weight share of the requests among those of the same priority, 0 and up
 * @param groups roles of which a caller must have one; empty = everyone
 * @param maxSessions sessions above which it is given no further one; 0 = no limit
 * @param maxStreams streams, turns and exchanges above which it is given no further one; 0 = no
 *     limit
 * @param health how it is asked whether it is well
 * @param breaker when it is left alone because it fails
 */
public record Upstream(
    String name,
    List<Address> addresses,
    Optional<UpstreamTls> tls,
    boolean enabled,
    List<String> accounts,
    int priority,
    int weight,
    Set<String> groups,
    int maxSessions,
    int maxStreams,
    HealthRules health,
    BreakerRules breaker) {

  /** Copies the lists. */
  public Upstream {
    accounts = List.copyOf(accounts);
    addresses = List.copyOf(addresses);
    groups = Set.copyOf(groups);
  }

  /**
   * One address of an upstream.
   *
   * @param scheme {@code ws}, {@code wss}, {@code http} or {@code https}
   * @param host name or IP address, lower case, IPv6 in brackets
   * @param port 1 to 65535
   * @param path prefix of every target, empty or beginning with a slash, not ending with one
   */
  public record Address(String scheme, String host, int port, String path) {

    /** Whether TLS is spoken there. */
    public boolean secure() {
      return scheme.equals("wss") || scheme.equals("https");
    }

    /** The authority to connect to: {@code host:port}. */
    public String authority() {
      return host + ":" + port;
    }
  }
}
