package dev.culvert.host.dial;

import dev.culvert.boundary.DialSpec;
import dev.culvert.boundary.Fields;
import dev.culvert.boundary.ProxySpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The way to one address of an upstream.
 *
 * @param upstream {@code host:port}, an IPv6 host in brackets
 * @param proxy that is connected to in its place; empty = none
 */
record Hop(String upstream, Optional<ProxySpec> proxy) {

  /** Those of a dial, in its order. */
  static List<Hop> of(DialSpec spec) {
    return IntStream.range(0, spec.addresses().size())
        .mapToObj(index -> new Hop(spec.addresses().get(index), proxy(spec.proxies(), index)))
        .toList();
  }

  private static Optional<ProxySpec> proxy(List<Map<String, Object>> proxies, int index) {
    return Optional.ofNullable(proxies)
        .map(all -> all.get(index))
        .filter(fields -> !fields.isEmpty())
        .map(fields -> Fields.to(ProxySpec.class, fields));
  }

  /** What is looked up and connected to. */
  String address() {
    return proxy.map(ProxySpec::address).orElse(upstream);
  }

  /** What the proxy is to be asked for. */
  Optional<ProxyTunnel> tunnel() {
    return proxy.map(through -> new ProxyTunnel(upstream, through.authorization()));
  }

  /** The proxy for a log, with a blank before it; empty without one. */
  String detour() {
    return proxy.map(through -> " through proxy " + through.address()).orElse("");
  }

  /** For a log. */
  @Override
  public String toString() {
    return upstream + detour();
  }
}
