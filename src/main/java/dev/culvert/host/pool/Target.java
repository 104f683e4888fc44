package dev.culvert.host.pool;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * Where a socket is opened, and how.
 *
 * @param uri {@code ws} or {@code wss}, from the configuration, never from a client
 * @param headers of the upgrade request, in their order
 * @param tls of a {@code wss} address; empty = the JDK's defaults and the host of the address
 * @param proxy that is asked for a tunnel to it; empty = none
 */
public record Target(
    URI uri, List<Map.Entry<String, String>> headers, Optional<Tls> tls, Optional<Proxy> proxy) {

  private static final int WS_PORT = 80;
  private static final int WSS_PORT = 443;

  /**
   * How a connection is secured.
   *
   * @param serverName name or IP address that the certificate must be for; a name is sent as SNI
   */
  public record Tls(SSLContext context, String serverName) {}

  /**
   * A forward proxy.
   *
   * @param address {@code host:port}, an IPv6 host in brackets
   * @param authorization value of {@code Proxy-Authorization}, a secret; empty = none
   */
  public record Proxy(String address, String authorization) {

    /** Without the secret. */
    @Override
    public String toString() {
      return address;
    }
  }

  /** Copies the headers. */
  public Target {
    headers = List.copyOf(headers);
  }

  /** Host and port of the upstream: {@code host:port}, an IPv6 host in brackets. */
  public String authority() {
    int usual = uri.getScheme().equals("wss") ? WSS_PORT : WS_PORT;
    return uri.getHost() + ":" + (uri.getPort() < 0 ? usual : uri.getPort());
  }

  /** Who is connected to, in the same form: the proxy, where there is one. */
  public String firstHop() {
    return proxy.map(Proxy::address).orElseGet(this::authority);
  }

  /** Without the headers, whose values are credentials. */
  @Override
  public String toString() {
    return uri.toString();
  }
}
