package dev.culvert.boundary;

/**
 * A proxy that is asked for a tunnel to an upstream ({@code CONNECT}, RFC 9110 section 9.3.6).
 *
 * @param address {@code host:port}, an IPv6 host in brackets; its name is looked up by the host,
 *     the upstream's by the proxy
 * @param authorization value of {@code Proxy-Authorization}, a secret; empty = none is sent
 */
public record ProxySpec(String address, String authorization) {

  /** Without the secret. */
  @Override
  public String toString() {
    return address;
  }
}
