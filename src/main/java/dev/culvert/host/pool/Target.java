package dev.culvert.host.pool;

import java.net.URI;
import java.util.List;
import java.util.Map;

/**
 * Where a socket is opened, and how.
 *
 * @param uri {@code ws} or {@code wss}, from the configuration, never from a client
 * @param headers of the upgrade request, in their order
 * @param tls settings of a secure connection as the dialer wants them; empty = the JDK's defaults
 */
public record Target(
    URI uri, List<Map.Entry<String, String>> headers, Map<String, Object> tls) {

  /** Copies the collections. */
  public Target {
    headers = List.copyOf(headers);
    tls = Map.copyOf(tls);
  }

  /** Header values are credentials. */
  @Override
  public String toString() {
    return uri.toString();
  }
}
