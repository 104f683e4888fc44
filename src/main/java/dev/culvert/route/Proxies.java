package dev.culvert.route;

import dev.culvert.boundary.Fields;
import dev.culvert.boundary.ProxySpec;
import dev.culvert.config.TransportRules;
import dev.culvert.config.Upstream;
import java.util.Map;
import java.util.Optional;

/** Proxies as the host wants them. */
final class Proxies {

  private Proxies() {}

  /** Fields of a {@link ProxySpec}; empty for an address that is reached directly. */
  static Optional<Map<String, Object>> to(Upstream.Address address, TransportRules rules) {
    return rules
        .proxyTo(address)
        .map(proxy -> new ProxySpec(proxy.authority(), proxy.authorization().orElse("")))
        .map(Fields::of);
  }
}
