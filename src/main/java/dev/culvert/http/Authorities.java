package dev.culvert.http;

import dev.culvert.config.Upstream;
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

  /**
   * From {@code host[:port]}.
   *
   * <p>The library's own parser takes less than may be asked for; an IPv6 address keeps its
   * brackets here too.
   *
   * @throws ProtocolException when the library would send another host: it translates labels of
   *     international names to and fro
   */
  static URIAuthority parse(String host) throws ProtocolException {
    int colon = host.indexOf(':', host.indexOf(']') + 1);
    URIAuthority authority =
        colon < 0
            ? new URIAuthority(host)
            : new URIAuthority(
                host.substring(0, colon), Integer.parseInt(host.substring(colon + 1)));
    if (!isWritten(authority, host)) {
      throw new ProtocolException("Host: " + host + " (expected: a name in its canonical form)");
    }
    return authority;
  }

  private static boolean isWritten(URIAuthority authority, String host) {
    try {
      return authority.toString().equalsIgnoreCase(host);
    } catch (IllegalArgumentException e) {
      return false; // cannot be translated back
    }
  }
}
