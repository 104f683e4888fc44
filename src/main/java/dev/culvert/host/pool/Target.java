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
 */
public record Target(URI uri, List<Map.Entry<String, String>> headers, Optional<Tls> tls) {

  /**
   * How a connection is secured.
   *
   * @param serverName name or IP address that the certificate must be for; a name is sent as SNI
   */
  public record Tls(SSLContext context, String serverName) {}

  /** Copies the headers. */
  public Target {
    headers = List.copyOf(headers);
  }

  /** Without the headers, whose values are credentials. */
  @Override
  public String toString() {
    return uri.toString();
  }
}
