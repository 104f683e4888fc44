package dev.culvert.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.culvert.config.ForwardProxy;
import dev.culvert.config.TransportRules;
import dev.culvert.config.Upstream;
import dev.culvert.handshake.Headers;
import dev.culvert.handshake.ProxiedRequest;
import dev.culvert.testkit.ScriptedUpstream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/**
 * An HTTP server, and calls of a transport to it. {@code /hello} answers at once, {@code /held}
 * when it is let go, {@code /endless} goes on and on; each tells its client's port.
 */
final class TransportRig implements AutoCloseable {

  static final UpstreamCall.Limits LIMITS =
      new UpstreamCall.Limits(
          new Timeouts(Duration.ofSeconds(5), Duration.ofSeconds(5)), Duration.ZERO, Duration.ZERO);

  final HttpServer server;
  final Set<Integer> ports = ConcurrentHashMap.newKeySet();

  /** A permit for each request to {@code /held} that may end. */
  final Semaphore release = new Semaphore(0);

  /** A permit for each request to {@code /held} that has come. */
  final Semaphore arrived = new Semaphore(0);

  /** Opened when a client of {@code /endless} is gone. */
  final CountDownLatch cut = new CountDownLatch(1);

  private final ExecutorService threads = Executors.newCachedThreadPool();

  TransportRig() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 512);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/hello", exchange -> answer(exchange, "hello"));
    server.createContext("/held", this::held);
    server.createContext("/endless", this::endless);
    server.start();
  }

  private void answer(HttpExchange exchange, String text) throws IOException {
    ports.add(exchange.getRemoteAddress().getPort());
    byte[] body = text.getBytes(UTF_8);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private void held(HttpExchange exchange) throws IOException {
    ports.add(exchange.getRemoteAddress().getPort());
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    out.write('.');
    out.flush();
    arrived.release();
    release.acquireUninterruptibly();
    out.write('.');
    exchange.close();
  }

  private void endless(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    byte[] piece = new byte[64 * 1024];
    try (OutputStream out = exchange.getResponseBody()) {
      while (true) {
        out.write(piece);
      }
    } catch (IOException e) {
      cut.countDown();
    }
  }

  Upstream.Address address() {
    return new Upstream.Address("http", "127.0.0.1", server.getAddress().getPort(), "");
  }

  Destination destination() {
    return new Destination(address(), Optional.empty(), "");
  }

  static ProxiedRequest.Ready get(String target) {
    return new ProxiedRequest.Ready("GET", "upstream.test", target, Headers.NONE);
  }

  /** Begins a GET. */
  RecordedAnswer ask(Transport transport, String target) {
    return ask(transport, destination(), target);
  }

  static RecordedAnswer ask(Transport transport, Destination destination, String target) {
    return RecordedAnswer.of(
        answer ->
            new UpstreamCall(
                transport, destination, get(target), Optional.empty(), LIMITS, answer));
  }

  /** Limits of time for the answer and for silence. */
  static UpstreamCall.Limits limits(Duration response, Duration idle) {
    return new UpstreamCall.Limits(LIMITS.timeouts(), response, idle);
  }

  /** Where a scripted upstream is. */
  static Destination to(ScriptedUpstream upstream) {
    int port = Integer.parseInt(upstream.authority().substring("127.0.0.1:".length()));
    return new Destination(
        new Upstream.Address("http", "127.0.0.1", port, ""), Optional.empty(), "");
  }

  /** A body that is there, and its trailer fields. */
  static RequestContent content(String text, boolean lengthKnown, Headers trailers) {
    RequestContent content = new RequestContent(lengthKnown ? text.length() : -1, () -> {});
    content.add(text.getBytes(UTF_8));
    content.end(trailers);
    return content;
  }

  /** Has connections made through a forward proxy from now on. */
  static void useProxy(Transport transport, ForwardProxy proxy) {
    transport.change(
        rules ->
            new TransportRules(
                rules.maxIdle(),
                rules.maxIdlePerHost(),
                rules.keepAlive(),
                rules.maxPerHost(),
                rules.http2(),
                Optional.of(proxy),
                List.of(),
                rules.tlsTimeout()));
  }

  static Transport transport() {
    return new Transport(TransportRules.DEFAULTS, Optional.empty());
  }

  @Override
  public void close() {
    release.release(100_000);
    server.stop(0);
    threads.shutdownNow();
  }
}
