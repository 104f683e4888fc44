package dev.culvert.config;

import java.util.List;
import java.util.Optional;

/**
 * Where a route's streams go.
 *
 * @param name as in the key, unique
 * @param addresses at least one, in the order in which they are tried
 * @param tls how connections to its secure addresses are secured; empty when it has none
 * @param enabled whether new streams may go there; live ones are not touched
 * @param accounts names of credentials for its pooled sockets, each of them in {@link
 *     Settings#accounts()}; empty = the callers' own
 */
public record Upstream(
    String name,
    List<Address> addresses,
    Optional<UpstreamTls> tls,
    boolean enabled,
    List<String> accounts) {

  /** Copies the lists. */
  public Upstream {
    accounts = List.copyOf(accounts);
    addresses = List.copyOf(addresses);
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
