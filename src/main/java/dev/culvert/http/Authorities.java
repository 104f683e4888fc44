package dev.culvert.http;

import java.net.URISyntaxException;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.net.URIAuthority;

/** {@code Host} fields as the library wants them. */
final class Authorities {

  private Authorities() {}

  /** From {@code host[:port]}. */
  static URIAuthority parse(String host) throws ProtocolException {
    try {
      return URIAuthority.create(host);
    } catch (URISyntaxException e) {
      throw new ProtocolException("Host: " + e.getMessage(), e);
    }
  }
}
