package dev.culvert.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.impl.bootstrap.HttpAsyncServer;
import org.apache.hc.core5.http.nio.AsyncServerExchangeHandler;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.http2.impl.nio.bootstrap.H2ServerBootstrap;
import org.apache.hc.core5.http2.ssl.H2ServerTlsStrategy;
import org.apache.hc.core5.io.CloseMode;

/**
 * An upstream on loopback that speaks HTTP/2 within TLS with those who offer it (ALPN), and
 * HTTP/1.1 with others. It serves every host.
 */
public final class Http2Upstream implements AutoCloseable {

  private static final long START_SECONDS = 30;

  private final HttpAsyncServer server;
  private final int port;

  private Http2Upstream(HttpAsyncServer server, int port) {
    this.server = server;
    this.port = port;
  }

  /**
   * Starts one.
   *
   * @param context that shows its certificate
   * @param exchanges makes the handler of each request, by its head; called by threads of its own
   */
  public static Http2Upstream start(
      SSLContext context, Function<HttpRequest, AsyncServerExchangeHandler> exchanges)
      throws IOException, InterruptedException {
    HttpAsyncServer server =
        H2ServerBootstrap.bootstrap()
            .setVersionPolicy(HttpVersionPolicy.NEGOTIATE)
            .setTlsStrategy(new H2ServerTlsStrategy(context))
            .setRequestRouter((request, unused) -> () -> exchanges.apply(request))
            .create();
    server.start();
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try {
      var endpoint = server.listen(any, URIScheme.HTTPS).get(START_SECONDS, TimeUnit.SECONDS);
      return new Http2Upstream(server, ((InetSocketAddress) endpoint.getAddress()).getPort());
    } catch (ExecutionException | TimeoutException e) {
      server.close(CloseMode.IMMEDIATE);
      throw new IOException("no listener", e);
    }
  }

  /** Its port on 127.0.0.1. */
  public int port() {
    return port;
  }

  /** Its address as a configuration names it: {@code https://127.0.0.1:<port>}. */
  public String url() {
    return "https://127.0.0.1:" + port;
  }

  /** Closes the listener and every connection. */
  @Override
  public void close() {
    server.close(CloseMode.IMMEDIATE);
  }
}
