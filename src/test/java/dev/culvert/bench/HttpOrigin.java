package dev.culvert.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/**
 * An upstream on loopback for ordinary requests, one thread. {@code /<bytes>} is answered with a
 * body of that length; {@code /events/<pacer>/<stream>} with server-sent events, chunked, one at
 * once and another one whenever the {@link Pacer} at that port calls for it.
 */
final class HttpOrigin implements AutoCloseable {

  private static final int BUFFER_SIZE = 64 * 1024;
  private static final int BACKLOG = 4096;
  private static final long CLOSE_MILLIS = 5_000;

  private final Selector selector;
  private final ServerSocketChannel server;
  private final int port;
  private final Thread loop;
  private volatile boolean closed;

  // Loop thread only.
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_SIZE);
  private final Map<Integer, ByteBuffer> answers = new HashMap<>();
  private final Map<Integer, OriginConnection> pacers = new HashMap<>();

  private HttpOrigin() throws IOException {
    selector = Selector.open();
    server = ServerSocketChannel.open();
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
    port = ((InetSocketAddress) server.getLocalAddress()).getPort();
    server.configureBlocking(false);
    server.register(selector, SelectionKey.OP_ACCEPT);
    loop = new Thread(this::run, "http-origin-" + port);
    loop.setDaemon(true);
  }

  /** Starts one on a free port. */
  static HttpOrigin start() throws IOException {
    HttpOrigin origin = new HttpOrigin();
    origin.loop.start();
    return origin;
  }

  /** Runs as a process: prints the port on a line of its own and ends with standard input. */
  public static void main(String[] args) throws IOException {
    try (HttpOrigin origin = start()) {
      System.out.println(origin.port());
      System.in.transferTo(OutputStream.nullOutputStream());
    }
  }

  int port() {
    return port;
  }

  /** Returns the body of that length, the same in every process. */
  static ByteBuffer body(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return ByteBuffer.allocateDirect(length).put(bytes).flip();
  }

  /** Returns the answer with a body of that length, for the caller to consume. */
  ByteBuffer answer(int length) {
    return answers.computeIfAbsent(length, HttpOrigin::compose).duplicate();
  }

  private static ByteBuffer compose(int length) {
    String text =
        "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n"
            .formatted(length);
    byte[] head = text.getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocateDirect(head.length + length).put(head).put(body(length)).flip();
  }

  /** The pacers that are connected, by their ports. */
  Map<Integer, OriginConnection> pacers() {
    return pacers;
  }

  private void run() {
    try (selector;
        server) {
      while (!closed) {
        selector.select(this::ready);
      }
      for (SelectionKey key : selector.keys()) {
        key.channel().close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the selector of port " + port + " failed", e);
    }
  }

  private void ready(SelectionKey key) {
    if (key.attachment() instanceof OriginConnection connection) {
      connection.ready(buffer);
    } else {
      accept();
    }
  }

  private void accept() {
    try {
      for (SocketChannel channel = server.accept(); channel != null; channel = server.accept()) {
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
        key.attach(new OriginConnection(this, channel, key));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("port " + port + ": accept failed", e);
    }
  }

  /** Closes the listener and every connection. */
  @Override
  public void close() {
    closed = true;
    selector.wakeup();
    try {
      loop.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
