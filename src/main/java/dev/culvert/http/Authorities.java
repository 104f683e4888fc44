package dev.culvert.http;

import dev.culvert.config.Upstream;
import java.net.URISyntaxException;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.net.URIAuthority;

/** Hosts and ports as the library wants them. */
final class Authorities {

  private Authorities() {}

  private static final int HTTP_PORT = 80;

  /**
   * Of an upstream that is not secure, without the scheme's own port. The brackets of an IPv6
   * address stay, since the library leaves them out in an absolute target.
   */
  static URIAuthority of(Upstream.Address address) {
    return new URIAuthority(address.host(), address.port() == HTTP_PORT ? -1 : address.port());
  }

  /** From {@code host[:port]}. */
  static URIAuthority parse(String host) throws ProtocolException {
    try {
      return URIAuthority.create(host);
    } catch (URISyntaxException e) {
      throw new ProtocolException("Host: " + e.getMessage(), e);
    }
  }
}
