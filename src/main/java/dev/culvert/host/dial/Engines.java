package dev.culvert.host.dial;

import dev.culvert.boundary.TlsSpec;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/** Makes TLS engines for the client's part: TLS 1.2 and 1.3, HTTP/1.1, certificate checked. */
final class Engines {

  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  private Engines() {}

  /**
   * A fresh engine.
   *
   * @param address {@code host:port}; engines with the same server name and port may resume each
   *     other's sessions
   */
  static SSLEngine of(TlsSpec tls, String address) {
    int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    SSLEngine engine = tls.context().createSSLEngine(tls.serverName(), port);
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setProtocols(PROTOCOLS);
    parameters.setApplicationProtocols(new String[] {"http/1.1"});
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    if (!Resolver.isAddress(tls.serverName())) {
      parameters.setServerNames(List.of(new SNIHostName(tls.serverName())));
    }
    engine.setSSLParameters(parameters);
    return engine;
  }
}
