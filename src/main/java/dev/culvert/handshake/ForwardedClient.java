package dev.culvert.handshake;

import dev.culvert.config.Cidr;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * The client as it was before trusted proxies came in between; of an untrusted peer nothing but the
 * connection itself is believed.
 *
 * @param address the client's, for logs and views
 * @param scheme {@code http} or {@code https}, as the client used it
 * @param host {@code host[:port]} that the client asked for; empty when the request names none
 * @param viaTrustedProxy whether the peer is a trusted proxy
 */
public record ForwardedClient(
    InetAddress address, String scheme, String host, boolean viaTrustedProxy) {

  /**
   * Reads {@code X-Forwarded-For}, {@code -Proto} and {@code -Host} of a trusted peer.
   *
   * <p>The address is the rightmost one of {@code X-Forwarded-For} that is not a trusted proxy's;
   * the search stops at an element that is no IP address. Of {@code -Proto} and {@code -Host} the
   * last element counts, which is the one that the peer wrote itself.
   */
  public static ForwardedClient of(ClientRequest request, List<Cidr> trustedProxies) {
    boolean trusted = isTrusted(request.peer(), trustedProxies);
    String scheme = Schemes.http(request.scheme());
    String host = request.host().map(Authority::toString).orElse("");
    if (!trusted) {
      return new ForwardedClient(request.peer(), scheme, host, false);
    }
    return new ForwardedClient(
        address(request, trustedProxies),
        last(request, "X-Forwarded-Proto")
            .map(Schemes::http)
            .filter(value -> Schemes.defaultPort(value).isPresent())
            .orElse(scheme),
        last(request, "X-Forwarded-Host")
            .flatMap(Authority::parse)
            .map(Authority::toString)
            .orElse(host),
        true);
  }

  /** The address as text, IPv6 in its short form without brackets. */
  public String addressText() {
    return IpAddresses.text(address);
  }

  private static InetAddress address(ClientRequest request, List<Cidr> trustedProxies) {
    List<String> hops = request.headers().tokens("X-Forwarded-For");
    InetAddress nearest = request.peer();
    for (int i = hops.size() - 1; i >= 0 && isTrusted(nearest, trustedProxies); i--) {
      Optional<InetAddress> hop = IpAddresses.parse(hops.get(i));
      if (hop.isEmpty()) {
        return nearest;
      }
      nearest = hop.get();
    }
    return nearest;
  }

  private static boolean isTrusted(InetAddress address, List<Cidr> trustedProxies) {
    return trustedProxies.stream().anyMatch(block -> block.contains(address));
  }

  private static Optional<String> last(ClientRequest request, String name) {
    List<String> elements = request.headers().tokens(name);
    return elements.isEmpty() ? Optional.empty() : Optional.of(elements.get(elements.size() - 1));
  }
}
