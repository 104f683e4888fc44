package dev.culvert.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** Speaks TLS in front of a plain server on loopback; the end of each direction goes through. */
public final class TlsTerminator implements AutoCloseable {

  private final SSLServerSocket server;
  private final int target;
  private final List<Socket> open = new CopyOnWriteArrayList<>();

  /**
   * @param target port of the plain server
   * @param protocols for example {@code TLSv1.2}; none = what the JDK offers
   */
  public TlsTerminator(SSLContext context, int target, String... protocols) throws IOException {
    this(context, target, false, protocols);
  }

  /** One that may want to see a certificate of the client. */
  public TlsTerminator(
      SSLContext context, int target, boolean needsClientCertificate, String... protocols)
      throws IOException {
    this.target = target;
    server =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 100, InetAddress.getLoopbackAddress());
    server.setNeedClientAuth(needsClientCertificate);
    if (protocols.length > 0) {
      server.setEnabledProtocols(protocols);
    }
    SocketPair.start("tls-terminator", this::acceptAll);
  }

  private void acceptAll() {
    while (!server.isClosed()) {
      try {
        SSLSocket near = (SSLSocket) server.accept();
        open.add(near);
        SocketPair.start("tls-connection", () -> join(near));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void join(SSLSocket near) {
    try {
      near.startHandshake();
      Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
      open.add(far);
      near.setTcpNoDelay(true);
      far.setTcpNoDelay(true);
      SocketPair.join("tls-inbound", near, far);
    } catch (IOException refused) {
      SocketPair.close(near);
    }
  }

  /** Its address as an upstream; the certificate must be for {@code 127.0.0.1}. */
  public String url() {
    return "wss://127.0.0.1:" + server.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    server.close();
    open.forEach(SocketPair::close);
  }
}
