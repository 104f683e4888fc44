package dev.culvert.host.upstream;

import dev.culvert.host.pool.Target;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.regex.Pattern;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.glassfish.tyrus.client.SslEngineConfigurator;

/** Makes the TLS engine of a connection: TLS 1.2 and 1.3, certificate checked. */
final class TlsEngines extends SslEngineConfigurator {

  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|.*:.*");

  private final String serverName;
  private final int port;

  private TlsEngines(SSLContext context, String serverName, int port) {
    super(context);
    this.serverName = serverName;
    this.port = port;
  }

  /** Those of a target; the JDK's context and the URI's host where it has no settings. */
  static TlsEngines of(Target target) {
    int port = target.uri().getPort() < 0 ? 443 : target.uri().getPort();
    return target
        .tls()
        .map(tls -> new TlsEngines(tls.context(), tls.serverName(), port))
        .orElseGet(() -> new TlsEngines(ofTheJdk(), target.uri().getHost(), port));
  }

  private static SSLContext ofTheJdk() {
    try {
      return SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has a default context", e);
    }
  }

  /** The server name is the configured one, whatever host was connected to. */
  @Override
  public SSLEngine createSSLEngine(String connectedHost) {
    SSLEngine engine = getSslContext().createSSLEngine(serverName, port);
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setProtocols(PROTOCOLS);
    parameters.setApplicationProtocols(new String[] {"http/1.1"});
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    if (!ADDRESS.matcher(serverName).matches()) {
      parameters.setServerNames(List.of(new SNIHostName(serverName)));
    }
    engine.setSSLParameters(parameters);
    return engine;
  }
}
