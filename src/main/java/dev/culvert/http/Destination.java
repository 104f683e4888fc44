package dev.culvert.http;

import dev.culvert.config.Upstream;
import dev.culvert.config.UpstreamTls;
import java.util.Optional;

/**
 * Where a request goes, and with whose credential.
 *
 * @param address to connect to
 * @param tls empty for an address that is not secure
 * @param scope tells credentials apart whose requests must not share connections; no secret; empty
 *     for callers' own, which go with each request
 */
public record Destination(Upstream.Address address, Optional<UpstreamTls> tls, String scope) {

  /** One of an upstream's addresses. */
  public static Destination of(Upstream upstream, Upstream.Address address, String scope) {
    return new Destination(address, address.secure() ? upstream.tls() : Optional.empty(), scope);
  }

  /** {@code http} or {@code https}. */
  String scheme() {
    return address.secure() ? "https" : "http";
  }

  /** The host without brackets, as resolvers want it. */
  String host() {
    String host = address.host();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }
}
