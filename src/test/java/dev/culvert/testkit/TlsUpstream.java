package dev.culvert.testkit;

import dev.culvert.host.loop.HostThreads;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/** An upstream that answers each TLS connection's request head alike, then echoes. */
public final class TlsUpstream implements Closeable {

  private final SSLServerSocket server;
  private final byte[] answer;
  private final List<SSLSession> sessions = new CopyOnWriteArrayList<>();
  private final List<String> applicationProtocols = new CopyOnWriteArrayList<>();
  private final List<SSLSocket> open = new CopyOnWriteArrayList<>();

  public TlsUpstream(SSLContext context, String protocol, String answer) throws IOException {
    this(context, protocol, answer, false);
  }

  /** One that may want to see a certificate of the client. */
  public TlsUpstream(
      SSLContext context, String protocol, String answer, boolean needsClientCertificate)
      throws IOException {
    this.answer = answer.getBytes(StandardCharsets.ISO_8859_1);
    server =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 100, InetAddress.getLoopbackAddress());
    SSLParameters parameters = server.getSSLParameters();
    parameters.setProtocols(new String[] {protocol});
    parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
    parameters.setNeedClientAuth(needsClientCertificate);
    server.setSSLParameters(parameters);
    HostThreads.start("tls-upstream", this::acceptAll);
  }

  private void acceptAll() {
    try {
      while (true) {
        SSLSocket socket = (SSLSocket) server.accept();
        open.add(socket);
        HostThreads.start("tls-upstream-connection", () -> serve(socket));
      }
    } catch (IOException e) {
      open.forEach(TlsUpstream::closeQuietly);
    }
  }

  private void serve(SSLSocket socket) {
    try (socket) {
      socket.startHandshake();
      sessions.add(socket.getSession());
      applicationProtocols.add(socket.getApplicationProtocol());
      InputStream in = socket.getInputStream();
      int matched = 0;
      while (matched < 4) {
        int next = in.read();
        if (next < 0) {
          return;
        }
        matched = next == "\r\n\r\n".charAt(matched) ? matched + 1 : 0;
      }
      socket.getOutputStream().write(answer);
      in.transferTo(socket.getOutputStream());
    } catch (SSLException e) {
      open.remove(socket); // the client did not like us, or we did not like it
    } catch (IOException e) {
      open.remove(socket);
    }
  }

  private static void closeQuietly(SSLSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  public String address() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  /** Those of the connections so far, in the order of their handshakes. */
  public List<SSLSession> sessions() {
    return sessions;
  }

  /** What was agreed upon by ALPN. */
  public List<String> applicationProtocols() {
    return applicationProtocols;
  }

  /** The names that the last client asked for. */
  public List<String> requestedNames() {
    ExtendedSSLSession last = (ExtendedSSLSession) sessions.get(sessions.size() - 1);
    return last.getRequestedServerNames().stream()
        .map(name -> ((SNIHostName) name).getAsciiName())
        .toList();
  }

  /** How many handshakes resumed no session: each of these has a time of its own. */
  public long fullHandshakes() {
    return sessions.stream().map(SSLSession::getCreationTime).distinct().count();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
