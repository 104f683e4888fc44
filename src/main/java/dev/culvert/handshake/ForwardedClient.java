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
   * Reads {@code X-Forwarded-For}, {@code -Proto} and {@code -Host} of a trusted peer, or where it
   * sends none of them its {@code Forwarded}.
   *
   * <p>The address is the rightmost one that is not a trusted proxy's; the search stops at an
   * element that is no IP address. Of the scheme and the host the last element counts, which is the
   * one that the peer wrote itself.
   */
  public static ForwardedClient of(ClientRequest request, List<Cidr> trustedProxies) {
    boolean trusted = isTrusted(request.peer(), trustedProxies);
    String scheme = Schemes.http(request.scheme());
    String host = request.host().map(Authority::toString).orElse("");
    if (!trusted) {
      return new ForwardedClient(request.peer(), scheme, host, false);
    }
    Hops hops = Hops.of(request.headers());
    return new ForwardedClient(
        address(request.peer(), hops.addresses(), trustedProxies),
        hops.scheme()
            .map(Schemes::http)
            .filter(value -> Schemes.defaultPort(value).isPresent())
            .orElse(scheme),
        hops.host().flatMap(Authority::parse).map(Authority::toString).orElse(host),
        true);
  }

  /** The request without what only proxies may say, unless a trusted one said it. */
  public ClientRequest believed(ClientRequest request) {
    return viaTrustedProxy ? request : request.without(Forwarding::isOfProxies);
  }

  /** The address as text, IPv6 in its short form without brackets. */
  public String addressText() {
    return IpAddresses.text(address);
  }

  private static InetAddress address(
      InetAddress peer, List<String> hops, List<Cidr> trustedProxies) {
    InetAddress nearest = peer;
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
}
