package dev.culvert.it;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.Identity;
import dev.culvert.testkit.SecureServer;
import dev.culvert.testkit.TlsTerminator;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The two hops of a test's streams, from the client to the server and from there to upstreams:
 * plain, or one version of TLS on both. Belongs to the test's thread. Closing it undeploys its
 * application and ends what it has put in front of upstreams.
 */
final class Hops implements AutoCloseable {

  /** What TLS takes. */
  private record Tls(SecureServer server, String protocol, Identity upstreams) {}

  private final Application application;
  private final Optional<Tls> tls;
  private final List<TlsTerminator> terminators = new ArrayList<>();

  private Hops(Application application, Optional<Tls> tls) {
    this.application = application;
    this.tls = tls;
  }

  /** Without TLS. */
  static Hops plain(Application application) {
    return new Hops(application, Optional.empty());
  }

  /**
   * With TLS, to an application of its own.
   *
   * @param protocol for example {@code TLSv1.3}
   */
  static Hops tls(SecureServer server, String protocol) {
    Identity upstreams = server.authority().issue("127.0.0.1");
    return new Hops(
        server.server().application("tls"), Optional.of(new Tls(server, protocol, upstreams)));
  }

  Application application() {
    return application;
  }

  Client client() {
    return tls.map(used -> Client.secure(application, used.server(), used.protocol()))
        .orElseGet(() -> new Client(application));
  }

  /** Opens a stream with the JDK's WebSocket client. */
  WebSocketPeer peer(String path) throws Exception {
    if (tls.isEmpty()) {
      return WebSocketPeer.connect(application.ws(path));
    }
    Tls used = tls.get();
    String address = "wss://127.0.0.1:" + used.server().tlsPort() + application.contextPath();
    return WebSocketPeer.connect(
        URI.create(address + path), used.server().clientContext(), used.protocol());
  }

  /** Adds the route {@code /<name>/*} to an upstream that itself speaks no TLS. */
  Config routeTo(Config config, String name, String url) throws IOException {
    if (tls.isEmpty()) {
      return config.routeTo(name, url);
    }
    Tls used = tls.get();
    TlsTerminator terminator =
        new TlsTerminator(
            used.upstreams().context(used.server().authority().certificate()),
            URI.create(url).getPort(),
            used.protocol());
    terminators.add(terminator);
    return config
        .routeTo(name, terminator.url())
        .set("upstreams." + name + ".tls.trust", used.server().trust().toString());
  }

  @Override
  public void close() throws IOException {
    application.close();
    for (TlsTerminator terminator : terminators) {
      terminator.close();
    }
  }
}
