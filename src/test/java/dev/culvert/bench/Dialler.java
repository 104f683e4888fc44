package dev.culvert.bench;

import dev.culvert.testkit.Identity;
import dev.culvert.testkit.TlsChannel;
import dev.culvert.testkit.UpgradeClient;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/**
 * Opens streams through one listener. With TLS all contestants agree on the same version and cipher
 * suite, because nothing else is offered. Belongs to one thread.
 */
final class Dialler {

  /** What browsers and most programs offer first. */
  static final String CIPHER_SUITE = "TLS_AES_128_GCM_SHA256";

  private static final String VERSION = "TLSv1.3";

  private final Listener listener;
  private final Optional<SSLContext> context;
  private final TlsChannel.Scratch scratch = new TlsChannel.Scratch();

  private Dialler(Listener listener, Optional<SSLContext> context) {
    this.listener = listener;
    this.context = context;
  }

  static Dialler to(Listener listener) throws IOException {
    Optional<SSLContext> context = Optional.empty();
    if (listener.authority().isPresent()) {
      context = Optional.of(Identity.anonymous(Identity.certificate(listener.authority().get())));
    }
    return new Dialler(listener, context);
  }

  /**
   * Opens a WebSocket stream in blocking mode.
   *
   * @param target path and query, encoded
   */
  Connection open(String target) throws IOException {
    if (context.isEmpty()) {
      SocketChannel socket = UpgradeClient.open(listener.port(), target, "websocket");
      return new Connection(socket, socket, socket.socket().getInputStream());
    }
    TlsChannel channel =
        UpgradeClient.openSecure(this::engine, scratch, listener.port(), target, "websocket");
    return new Connection(channel.socket(), channel, channel.input());
  }

  private SSLEngine engine() {
    SSLEngine engine = context.orElseThrow().createSSLEngine("127.0.0.1", listener.port());
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setProtocols(new String[] {VERSION});
    parameters.setCipherSuites(new String[] {CIPHER_SUITE});
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    engine.setSSLParameters(parameters);
    return engine;
  }
}
