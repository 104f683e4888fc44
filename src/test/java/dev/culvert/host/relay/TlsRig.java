package dev.culvert.host.relay;

import dev.culvert.boundary.StreamSpec;
import dev.culvert.host.tls.TlsPeer;
import dev.culvert.host.tls.TlsTasks;
import dev.culvert.host.tls.TlsWire;
import dev.culvert.host.wire.Wire;
import dev.culvert.testkit.CertificateAuthority;
import dev.culvert.testkit.Identity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/** A stream with TLS at both its ends. */
final class TlsRig implements AutoCloseable {

  private static final CertificateAuthority AUTHORITY = new CertificateAuthority("rig");
  private static final SSLContext SERVER =
      AUTHORITY.issue("localhost").context(AUTHORITY.certificate());
  private static final SSLContext CLIENT = Identity.anonymous(AUTHORITY.certificate());

  private final TlsTasks tasks = new TlsTasks();
  private final String protocol;

  /** Under the TLS of each side. */
  final Valve clientValve = new Valve();

  final Valve upstreamValve = new Valve();

  final Wire clientWire;
  final Wire upstreamWire;

  final Rig rig;
  final TlsPeer client;
  final TlsPeer upstream;

  private TlsRig(StreamSpec spec, String protocol, int bufferSize) throws Exception {
    this.protocol = protocol;
    Wire[] wires = new Wire[2];
    rig =
        Rig.startOver(
            spec,
            bufferSize,
            wire -> wires[0] = secured(clientValve.into(wire), false),
            wire -> wires[1] = secured(upstreamValve.into(wire), true));
    clientWire = wires[0];
    upstreamWire = wires[1];
    client = new TlsPeer(rig.client(), engine(true));
    upstream = new TlsPeer(rig.upstream(), engine(false));
    CompletableFuture<?> other = CompletableFuture.runAsync(() -> handshake(upstream));
    client.handshake();
    other.get(20, TimeUnit.SECONDS);
  }

  /** A stream whose handshakes are done. */
  static TlsRig start(StreamSpec spec, String protocol) throws Exception {
    return new TlsRig(spec, protocol, 0);
  }

  /** A stream whose client has small socket buffers. */
  static TlsRig startNarrow(StreamSpec spec, String protocol) throws Exception {
    return new TlsRig(spec, protocol, 16 * 1024);
  }

  private static void handshake(TlsPeer peer) {
    try {
      peer.handshake();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Wire secured(Wire wire, boolean asClient) {
    try {
      return TlsWire.handshaking(wire, engine(asClient), tasks);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private SSLEngine engine(boolean asClient) {
    SSLContext context = asClient ? CLIENT : SERVER;
    SSLEngine engine = context.createSSLEngine("localhost", 1);
    engine.setUseClientMode(asClient);
    engine.setEnabledProtocols(new String[] {protocol});
    return engine;
  }

  @Override
  public void close() throws IOException {
    rig.close();
    tasks.close();
  }
}
