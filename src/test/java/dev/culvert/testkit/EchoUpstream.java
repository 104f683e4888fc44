package dev.culvert.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;

/**
 * An upstream on loopback that takes every upgrade and echoes.
 *
 * <p>{@code Upgrade: websocket} is answered with the right {@code Sec-WebSocket-Accept}; then every
 * frame comes back as it is, fragments as fragments, a ping as a pong and a close as a close. Any
 * other token is answered with 101 and that token; then every byte comes back. A request without
 * {@code Upgrade} gets 426.
 *
 * <p>One thread serves all connections and copies no payload. It reads nothing more from a
 * connection whose client does not take the echo, so that memory stays bounded. All methods may be
 * called from any thread. It speaks TLS when it is given a context.
 */
public final class EchoUpstream implements AutoCloseable {

  /** Number of request heads that are remembered. */
  public static final int REMEMBERED = 100;

  private static final System.Logger LOG = System.getLogger(EchoUpstream.class.getName());
  private static final int BUFFER_SIZE = 256 * 1024;
  private static final int BACKLOG = 4096;
  private static final long CLOSE_MILLIS = 5_000;

  private final Selector selector;
  private final ServerSocketChannel server;
  private final int port;
  private final Thread loop;

  /** Loop thread only. */
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_SIZE);

  private final AtomicLong accepted = new AtomicLong();
  private final AtomicInteger live = new AtomicInteger();

  /** Latest last; guarded by itself. */
  private final Deque<RequestHead> heads = new ArrayDeque<>();

  private volatile boolean closed;

  /** Of TLS; empty for plain connections. */
  private final Optional<SSLContext> context;

  /** Loop thread only. */
  private final TlsChannel.Scratch scratch = new TlsChannel.Scratch();

  private EchoUpstream(int wantedPort, Optional<SSLContext> context) throws IOException {
    this.context = context;
    selector = Selector.open();
    server = ServerSocketChannel.open();
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wantedPort), BACKLOG);
    port = ((InetSocketAddress) server.getLocalAddress()).getPort();
    server.configureBlocking(false);
    server.register(selector, SelectionKey.OP_ACCEPT);
    loop = new Thread(this::run, "echo-upstream-" + port);
    loop.setDaemon(true);
  }

  /** Starts one on a free port. */
  public static EchoUpstream start() throws IOException {
    return start(0);
  }

  /**
   * Starts one on the given port.
   *
   * @throws IOException when the port is taken
   */
  public static EchoUpstream start(int port) throws IOException {
    return start(new EchoUpstream(port, Optional.empty()));
  }

  /** Starts one that speaks TLS on a free port. */
  public static EchoUpstream start(SSLContext context) throws IOException {
    return start(new EchoUpstream(0, Optional.of(context)));
  }

  private static EchoUpstream start(EchoUpstream upstream) {
    upstream.loop.start();
    return upstream;
  }

  /**
   * Runs as a process: prints the port on a line of its own and ends with standard input.
   *
   * @param args none, or for TLS a PKCS #12 store and its password
   */
  public static void main(String[] args) throws IOException {
    try (EchoUpstream upstream =
        args.length == 0 ? start() : start(Identity.context(Path.of(args[0]), args[1]))) {
      System.out.println(upstream.port());
      System.in.transferTo(OutputStream.nullOutputStream());
    }
  }

  /** Returns the port it listens on. */
  public int port() {
    return port;
  }

  /** Returns its address as a configuration names it: {@code http://127.0.0.1:<port>}. */
  public String url() {
    return "http://127.0.0.1:" + port;
  }

  /**
   * Returns the WebSocket address of a path.
   *
   * @param path with its slash, encoded
   */
  public URI webSocket(String path) {
    return URI.create("ws://127.0.0.1:" + port + path);
  }

  /** Returns how many connections were ever accepted. */
  public long accepted() {
    return accepted.get();
  }

  /** Returns how many connections are open. */
  public int live() {
    return live.get();
  }

  /** Returns the last {@value #REMEMBERED} request heads, the latest last. */
  public List<RequestHead> heads() {
    synchronized (heads) {
      return List.copyOf(heads);
    }
  }

  /** Returns the latest request head. */
  public Optional<RequestHead> lastHead() {
    synchronized (heads) {
      return Optional.ofNullable(heads.peekLast());
    }
  }

  /** Closes the listener and every connection, without close frames. */
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

  private void run() {
    try (selector;
        server) {
      while (!closed) {
        selector.select(this::ready);
      }
      for (SelectionKey key : selector.keys()) {
        key.channel().close();
      }
      live.set(0);
    } catch (IOException e) {
      throw new UncheckedIOException("the selector of port " + port + " failed", e);
    }
  }

  private void ready(SelectionKey key) {
    if (key.attachment() instanceof EchoConnection connection) {
      serve(key, connection);
    } else {
      accept();
    }
  }

  private void accept() {
    try {
      for (SocketChannel channel = server.accept(); channel != null; channel = server.accept()) {
        accepted.incrementAndGet();
        live.incrementAndGet();
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
        key.attach(connection(channel, key));
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "port " + port + ": accept failed", e);
    }
  }

  private EchoConnection connection(SocketChannel channel, SelectionKey key) throws IOException {
    if (context.isEmpty()) {
      return new EchoConnection(channel, channel::shutdownOutput, key, this::remember);
    }
    TlsChannel tls = TlsChannel.accept(channel, context.get().createSSLEngine(), scratch);
    return new EchoConnection(tls, tls::endOutput, key, this::remember);
  }

  private void serve(SelectionKey key, EchoConnection connection) {
    boolean open = false;
    try {
      open = connection.ready(buffer);
    } catch (IOException e) {
      // Clients of tests reset connections on purpose.
      LOG.log(System.Logger.Level.DEBUG, "port " + port + ": connection failed", e);
    }
    if (!open) {
      end(key);
    }
  }

  private void end(SelectionKey key) {
    try {
      key.channel().close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "port " + port + ": close failed", e);
    }
    live.decrementAndGet();
  }

  private void remember(RequestHead head) {
    synchronized (heads) {
      heads.addLast(head);
      if (heads.size() > REMEMBERED) {
        heads.removeFirst();
      }
    }
  }
}
