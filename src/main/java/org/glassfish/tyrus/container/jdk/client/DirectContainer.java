package org.glassfish.tyrus.container.jdk.client;

import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.DeploymentException;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousSocketChannel;
import java.util.List;
import java.util.Map;
import org.glassfish.tyrus.client.ClientProperties;
import org.glassfish.tyrus.client.SslEngineConfigurator;
import org.glassfish.tyrus.client.ThreadPoolConfig;
import org.glassfish.tyrus.core.Utils;
import org.glassfish.tyrus.spi.ClientContainer;
import org.glassfish.tyrus.spi.ClientEngine;
import org.glassfish.tyrus.spi.CompletionHandler;
import org.glassfish.tyrus.spi.UpgradeRequest;

/**
 * Opens a client socket over Tyrus's filters, to the address that it is given, which is the
 * upstream's or a proxy's. Unlike the container of Tyrus it looks up no name, asks no proxy
 * selector and no system property, takes whatever comes after a proxy's answer for the upstream's,
 * does not block while it connects, passes every status on as it is (no redirects, no
 * authentication of its own), notices a connection that ends before the response, and can be cut at
 * any time.
 */
public final class DirectContainer implements ClientContainer {

  /** Key of the {@link Watch} in the endpoint's user properties; must be there. */
  public static final String WATCH = "dev.culvert.watch";

  /** Key of the {@link InetSocketAddress} to connect to; must be there. */
  public static final String ADDRESS = "dev.culvert.address";

  /**
   * Key of the {@link SslEngineConfigurator} in the endpoint's user properties, for {@code wss}.
   */
  public static final String TLS = "dev.culvert.tls";

  /** Key of the {@link Tunnel} in the endpoint's user properties; absent = no proxy. */
  public static final String TUNNEL = "dev.culvert.tunnel";

  /**
   * The largest record of TLS fits that the JDK waits for: until a handshake is over it takes up to
   * 33,093 bytes, about twice what a record may have. The transport asks a full buffer for more
   * without end.
   */
  private static final int INPUT_BUFFER = 34_000;

  /** Follows an attempt to connect. Methods are called by any thread and must not block. */
  public interface Watch {

    /**
     * The attempt has begun.
     *
     * @param cut ends the attempt or the connection at once, without a close frame; idempotent
     */
    void begun(Runnable cut);

    /** The connection is there, with TLS where it is to be, and the request goes out. */
    void requested();

    /**
     * The upstream has answered.
     *
     * @param headers names in lower case
     */
    void answered(int status, Map<String, List<String>> headers);
  }

  /** What a proxy is told before the upstream is spoken to. For one thread at a time. */
  public interface Tunnel {

    /** The request head. */
    ByteBuffer request();

    /**
     * Reads what the proxy says, to the end of its answer at most.
     *
     * @return whether the tunnel is there
     * @throws IOException when there will be none
     */
    boolean read(ByteBuffer bytes) throws IOException;

    /** The fault of a proxy that has closed the connection before there was a tunnel. */
    IOException ended();
  }

  @Override
  public void openClientSocket(
      ClientEndpointConfig endpoint, Map<String, Object> properties, ClientEngine engine)
      throws DeploymentException, IOException {
    Map<String, Object> user = endpoint.getUserProperties();
    Watch watch = (Watch) user.get(WATCH);
    UpgradeRequest request = engine.createUpgradeRequest(() -> {});
    URI uri = request.getRequestURI();
    Tunnel tunnel = (Tunnel) user.get(TUNNEL);
    ThreadPoolConfig threads =
        Utils.getProperty(
            properties, ClientProperties.WORKER_THREAD_POOL_CONFIG, ThreadPoolConfig.class);
    TransportFilter transport = new TransportFilter(INPUT_BUFFER, threads, null, null);
    Filter path = tunnel == null ? transport : new ProxyFilter(transport, tunnel);
    Filter lower =
        uri.getScheme().equals("wss")
            ? new SslFilter(path, (SslEngineConfigurator) user.get(TLS), uri.getHost())
            : path;
    WatchedEngine watched = new WatchedEngine(engine, watch);
    UpgradeFilter filter =
        new UpgradeFilter(new TaskQueueFilter(lower), transport, watched, properties, request);
    filter.connect((InetSocketAddress) user.get(ADDRESS), false, new Unheard());
    filter.connectReturned();
    watch.begun(filter::cut);
    sendAtOnce(transport);
  }

  /**
   * Tyrus leaves Nagle's algorithm on, which holds back the second of two small writes, such as the
   * request after the end of a TLS handshake, until the peer has acknowledged the first.
   */
  private static void sendAtOnce(TransportFilter transport) {
    try {
      Field field = TransportFilter.class.getDeclaredField("socketChannel");
      field.setAccessible(true);
      AsynchronousSocketChannel channel = (AsynchronousSocketChannel) field.get(transport);
      if (channel != null) {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      }
    } catch (IOException e) {
      // It has been closed, and whoever waits for it is told so.
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Tyrus: unknown version (expected: 2.1.5)", e);
    }
  }

  /** Tyrus would wait for the connection here; the engine's answer is waited for anyhow. */
  private static final class Unheard extends CompletionHandler<Void> {}
}
