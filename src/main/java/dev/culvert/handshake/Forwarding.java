package dev.culvert.handshake;

import dev.culvert.config.HeaderNames;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Tells the upstream who the client is: {@code X-Forwarded-*} and {@code Forwarded} (RFC 7239). */
final class Forwarding {

  private static final Set<String> NAMES =
      Set.of("x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "forwarded");

  private Forwarding() {}

  /** Whether a field says what this class says. */
  static boolean isOwn(String name) {
    return NAMES.contains(HeaderNames.folded(name));
  }

  /** Whether a field is one by which proxies tell of clients, standard or not. */
  static boolean isOfProxies(String name) {
    String folded = HeaderNames.folded(name);
    return folded.startsWith("x-forwarded")
        || folded.equals("x-real-ip")
        || folded.equals("forwarded");
  }

  /** The four fields; what a trusted proxy said before is kept and continued. */
  static Headers headers(ClientRequest request, ForwardedClient client) {
    Headers before = client.viaTrustedProxy() ? request.headers() : Headers.NONE;
    List<String> hops = new ArrayList<>();
    List<String> elements = new ArrayList<>();
    for (String hop : Hops.of(before).addresses()) {
      Optional<InetAddress> address = IpAddresses.parse(hop);
      hops.add(address.isPresent() ? hop : "unknown");
      elements.add(address.map(Forwarding::node).orElse("for=unknown"));
    }
    hops.add(IpAddresses.text(request.peer()));
    elements.add(node(request.peer()));
    // What the client asked for stands at the client: a chain of the last hop alone would name the
    // proxy as the client, and what came as Forwarded may be the client's own beside what it says.
    elements.set(0, elements.get(0) + about(client.host(), client.scheme()));
    return Headers.of(
        "X-Forwarded-For", String.join(", ", hops),
        "X-Forwarded-Proto", joined(before, "X-Forwarded-Proto").orElse(client.scheme()),
        "X-Forwarded-Host", joined(before, "X-Forwarded-Host").orElse(client.host()),
        "Forwarded", String.join(", ", elements));
  }

  private static Optional<String> joined(Headers headers, String name) {
    List<String> values = headers.values(name).stream().filter(value -> !value.isBlank()).toList();
    return values.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", values));
  }

  /** An element of {@code Forwarded} (RFC 7239 section 7.4). */
  private static String node(InetAddress address) {
    String text = IpAddresses.text(address);
    return address instanceof Inet4Address ? "for=" + text : "for=\"[" + text + "]\"";
  }

  // The syntax of an authority leaves no character that a quoted string would have to escape.
  private static String about(String host, String scheme) {
    return ";host=\"" + host + "\";proto=" + scheme;
  }
}
