package dev.culvert.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How connections to upstreams are made: those of routes in mode {@link Route.Mode#HTTP}, which are
 * also kept by these rules, and as far as the proxy is concerned those for WebSockets, too.
 *
 * @param maxIdle idle connections in all
 * @param maxIdlePerHost idle connections of one host
 * @param keepAlive how long a connection may be idle, above zero
 * @param maxPerHost connections of one host at once, of each client by itself; 0 = no limit
 * @param http2 whether HTTP/2 is spoken where the upstream offers it by ALPN
 * @param proxy forward proxy; empty = none
 * @param noProxy hosts that are reached without it: names, {@code .suffix}, addresses
 * @param tlsTimeout for one TLS handshake, above zero
 */
public record TransportRules(
    int maxIdle,
    int maxIdlePerHost,
    Duration keepAlive,
    int maxPerHost,
    boolean http2,
    Optional<ForwardProxy> proxy,
    List<String> noProxy,
    Duration tlsTimeout) {

  /** What holds unless said otherwise. */
  public static final TransportRules DEFAULTS =
      new TransportRules(
          200,
          20,
          Duration.ofSeconds(90),
          0,
          true,
          Optional.empty(),
          List.of(),
          Duration.ofSeconds(10));

  /** Copies the list. */
  public TransportRules {
    noProxy = List.copyOf(noProxy);
  }

  /** The proxy through which an address is reached; empty = directly. */
  public Optional<ForwardProxy> proxyTo(Upstream.Address address) {
    return proxy.filter(through -> !NoProxy.matches(address.host(), noProxy));
  }
}
