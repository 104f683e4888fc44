package dev.culvert.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.SocketException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * A blocking TCP connection on loopback with exact control over what is sent when. Each call to
 * {@code send} is one write; every wait for input ends after 25 seconds. Belongs to one thread, but
 * that another one may read while this one writes.
 */
public final class Wire implements AutoCloseable {

  /** Less than the 30 s after which Payara ends an idle connection by itself. */
  private static final int TIMEOUT_MILLIS = 25_000;

  private static final int MAX_HEAD = 256 * 1024;

  private final Socket socket;
  private final InputStream in;

  Wire(Socket socket) throws IOException {
    this(socket, TIMEOUT_MILLIS);
  }

  private Wire(Socket socket, int timeoutMillis) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(timeoutMillis);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** The connection of an accepted socket. */
  public static Wire of(Socket accepted) throws IOException {
    return new Wire(accepted);
  }

  /** The connection of an accepted socket, which may be silent for as long as it likes. */
  public static Wire patient(Socket accepted) throws IOException {
    return new Wire(accepted, 0);
  }

  /** Connects to a port of the loopback address. */
  public static Wire connect(int port) throws IOException {
    return connect(new Socket(), port);
  }

  /** Connects with a receive buffer of about that many bytes, for a reader that is slow. */
  public static Wire connect(int port, int receiveBuffer) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(receiveBuffer);
    return connect(socket, port);
  }

  private static Wire connect(Socket socket, int port) throws IOException {
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
    return new Wire(socket);
  }

  /**
   * The same connection with TLS on it; nothing has been sent or read yet.
   *
   * @param protocol for example {@code TLSv1.3}
   */
  public Wire secured(SSLContext context, String protocol) throws IOException {
    SSLSocket secured =
        (SSLSocket)
            context.getSocketFactory().createSocket(socket, "127.0.0.1", socket.getPort(), true);
    secured.setEnabledProtocols(new String[] {protocol});
    secured.startHandshake();
    return new Wire(secured, socket.getSoTimeout());
  }

  /** The same connection with TLS on it, of which this is the server. */
  public Wire serving(SSLContext context) throws IOException {
    SSLSocket secured =
        (SSLSocket) context.getSocketFactory().createSocket(socket, null, /* autoClose= */ true);
    secured.startHandshake();
    return new Wire(secured, socket.getSoTimeout());
  }

  /** Sends text as ISO 8859-1. */
  public Wire send(String text) throws IOException {
    return send(text.getBytes(ISO_8859_1));
  }

  /** Sends bytes. */
  public Wire send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  /**
   * Reads a request head.
   *
   * @throws EOFException when the connection ends before it
   */
  public RequestHead readRequest() throws IOException {
    return RequestHead.parse(readHead());
  }

  /**
   * Reads a response head.
   *
   * @throws EOFException when the connection ends before it
   */
  public ResponseHead readResponse() throws IOException {
    return ResponseHead.parse(readHead());
  }

  /** Reads the body of a response that has a {@code Content-Length}. */
  public String readBody(ResponseHead head) throws IOException {
    String length =
        head.first("Content-Length")
            .orElseThrow(() -> new ProtocolException("Content-Length: absent (expected: one)"));
    return readText(Integer.parseInt(length));
  }

  /** Reads so many bytes as ISO 8859-1. */
  public String readText(int count) throws IOException {
    return new String(read(count), ISO_8859_1);
  }

  /**
   * Reads so many bytes.
   *
   * @throws EOFException when the connection ends before
   */
  public byte[] read(int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException("bytes: " + bytes.length + " (expected: " + count + ")");
    }
    return bytes;
  }

  /** Reads until the other side ends its output; a reset counts as the end. */
  public byte[] readToEnd() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      in.transferTo(bytes);
    } catch (SocketException reset) {
      return bytes.toByteArray();
    }
    return bytes.toByteArray();
  }

  /** Ends our output; input goes on. */
  public void endOutput() throws IOException {
    socket.shutdownOutput();
  }

  /** Drops the connection with a TCP reset. */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private String readHead() throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("head: " + head + " (expected: a whole one)");
      }
      if (head.length() == MAX_HEAD) {
        throw new ProtocolException("head: longer than " + MAX_HEAD + " bytes");
      }
      head.append((char) next);
    }
    return head.substring(0, head.length() - 4);
  }
}
