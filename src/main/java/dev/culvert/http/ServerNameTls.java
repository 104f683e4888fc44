package dev.culvert.http;

import java.net.SocketAddress;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.HostnameVerificationPolicy;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.nio.ssl.TlsStrategy;
import org.apache.hc.core5.net.NamedEndpoint;
import org.apache.hc.core5.reactor.ssl.TransportSecurityLayer;
import org.apache.hc.core5.util.Timeout;

/**
 * TLS with an upstream whose certificate may be for another name than that of its URL. The JDK
 * checks the name.
 */
final class ServerNameTls implements TlsStrategy {

  private final TlsStrategy strategy;
  private final Optional<String> serverName;

  ServerNameTls(SSLContext context, Optional<String> serverName) {
    this.strategy = new DefaultClientTlsStrategy(context, HostnameVerificationPolicy.BUILTIN, null);
    this.serverName = serverName;
  }

  @Override
  public void upgrade(
      TransportSecurityLayer session,
      NamedEndpoint endpoint,
      Object attachment,
      Timeout handshakeTimeout,
      FutureCallback<TransportSecurityLayer> callback) {
    NamedEndpoint named =
        serverName
            .<NamedEndpoint>map(name -> new HttpHost(name, endpoint.getPort()))
            .orElse(endpoint);
    strategy.upgrade(session, named, attachment, limit(handshakeTimeout, attachment), callback);
  }

  /** Through a tunnel the library says none (HttpClient 5.6). */
  private static Timeout limit(Timeout said, Object attachment) {
    return said == null && attachment instanceof TlsConfig config
        ? config.getHandshakeTimeout()
        : said;
  }

  @Override
  @Deprecated
  public boolean upgrade(
      TransportSecurityLayer session,
      HttpHost host,
      SocketAddress localAddress,
      SocketAddress remoteAddress,
      Object attachment,
      Timeout handshakeTimeout) {
    upgrade(session, host, attachment, handshakeTimeout, null);
    return true;
  }
}
