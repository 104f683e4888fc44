package dev.culvert.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;

/** The client's side of an upgrade: opens a connection and leaves the bytes after to the caller. */
public final class UpgradeClient {

  private static final int TIMEOUT_MILLIS = 30_000;
  private static final int MAX_HEAD = 16 * 1024;
  private static final String HEAD_END = "\r\n\r\n";

  private UpgradeClient() {}

  /**
   * Opens a connection to loopback and upgrades it. Waits for at most half a minute for each part
   * of the answer.
   *
   * @param target path and query, encoded
   * @param token of the {@code Upgrade} header
   * @return the channel, in blocking mode, without delay, with nothing of the answer left in it
   * @throws ProtocolException when the answer is not a right 101
   */
  public static SocketChannel open(int port, String target, String token) throws IOException {
    SocketChannel channel = connect(port);
    try {
      upgrade(channel, channel.socket().getInputStream(), port, target, token);
      return channel;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /**
   * The same over TLS.
   *
   * @param engine makes the engine of the connection
   * @param scratch of the calling thread
   */
  public static TlsChannel openSecure(
      Supplier<SSLEngine> engine, TlsChannel.Scratch scratch, int port, String target, String token)
      throws IOException {
    SocketChannel channel = connect(port);
    try {
      TlsChannel secure = TlsChannel.connect(channel, engine.get(), scratch);
      upgrade(secure, secure.input(), port, target, token);
      return secure;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static SocketChannel connect(int port) throws IOException {
    SocketChannel channel = SocketChannel.open();
    try {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      InetAddress loopback = InetAddress.getLoopbackAddress();
      channel.socket().connect(new InetSocketAddress(loopback, port), TIMEOUT_MILLIS);
      channel.socket().setSoTimeout(TIMEOUT_MILLIS);
      return channel;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static void upgrade(
      ByteChannel channel, InputStream in, int port, String target, String token)
      throws IOException {
    byte[] request = Upgrades.request(port, target, token).getBytes(StandardCharsets.US_ASCII);
    channel.write(ByteBuffer.wrap(request));
    check(readHead(in), token);
  }

  private static String readHead(InputStream in) throws IOException {
    byte[] bytes = new byte[MAX_HEAD];
    int count = 0;
    int end = -1;
    String head = "";
    while (end < 0) {
      int read = in.read(bytes, count, bytes.length - count);
      if (read <= 0) {
        throw new ProtocolException("answer: " + head + " (expected: a whole head)");
      }
      count += read;
      head = new String(bytes, 0, count, StandardCharsets.ISO_8859_1);
      end = head.indexOf(HEAD_END);
    }
    int surplus = count - end - HEAD_END.length();
    if (surplus > 0) {
      throw new ProtocolException("bytes after the answer: " + surplus + " (expected: none)");
    }
    return head;
  }

  private static void check(String head, String token) throws ProtocolException {
    if (!head.startsWith("HTTP/1.1 101 ")) {
      throw new ProtocolException("answer: " + head.strip() + " (expected: status 101)");
    }
    String accept = "sec-websocket-accept: " + Upgrades.accept().toLowerCase(Locale.ROOT);
    if (Upgrades.isWebSocket(token) && !head.toLowerCase(Locale.ROOT).contains(accept)) {
      throw new ProtocolException("answer: " + head.strip() + " (expected: " + accept + ")");
    }
  }
}
