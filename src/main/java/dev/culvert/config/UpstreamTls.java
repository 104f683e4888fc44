package dev.culvert.config;

import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * How connections to an upstream are secured. Two are equal when they were made of the same
 * settings and of files with the same content.
 *
 * @param context made for this upstream, so that its connections can resume sessions
 * @param serverName host that certificates must be for, where it is not that of the URL; lower case
 * @param fingerprint of what the context was made of
 */
public record UpstreamTls(SSLContext context, Optional<String> serverName, String fingerprint) {

  @Override
  public boolean equals(Object other) {
    return other instanceof UpstreamTls tls
        && serverName.equals(tls.serverName)
        && fingerprint.equals(tls.fingerprint);
  }

  @Override
  public int hashCode() {
    return Objects.hash(serverName, fingerprint);
  }

  /** The host that the certificate at an address must be for, IPv6 without brackets. */
  public String serverNameAt(Upstream.Address address) {
    String host = serverName.orElse(address.host());
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }
}
