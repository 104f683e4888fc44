package org.glassfish.tyrus.container.jdk.client;

import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.DeploymentException;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.net.UnknownHostException;
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
 * Opens a client socket over Tyrus's filters, straight to the address of the URI. Unlike the
 * container of Tyrus it looks at no proxy selector and no system property, does not block while it
 * connects, passes every status on as it is (no redirects, no authentication of its own), notices a
 * connection that ends before the response, and can be cut at any time.
 */
public final class DirectContainer implements ClientContainer {

  /** Key of the {@link Watch} in the endpoint's user properties; must be there. */
  public static final String WATCH = "dev.culvert.watch";

  /**
   * Key of the {@link SslEngineConfigurator} in the endpoint's user properties, for {@code wss}.
   */
  public static final String TLS = "dev.culvert.tls";

  /** A record of TLS fits. */
  private static final int INPUT_BUFFER = 17_000;

  /** Follows an attempt to connect. Methods are called by any thread and must not block. */
  public interface Watch {

    /**
     * The attempt has begun.
     *
     * @param cut ends the attempt or the connection at once, without a close frame; idempotent
     */
    void begun(Runnable cut);

    /**
     * The upstream has answered.
     *
     * @param headers names in lower case
     */
    void answered(int status, Map<String, List<String>> headers);
  }

  @Override
  public void openClientSocket(
      ClientEndpointConfig endpoint, Map<String, Object> properties, ClientEngine engine)
      throws DeploymentException, IOException {
    Map<String, Object> user = endpoint.getUserProperties();
    Watch watch = (Watch) user.get(WATCH);
    UpgradeRequest request = engine.createUpgradeRequest(() -> {});
    URI uri = request.getRequestURI();
    InetSocketAddress address = new InetSocketAddress(uri.getHost(), Utils.getWsPort(uri));
    if (address.isUnresolved()) {
      throw new UnknownHostException(uri.getHost());
    }
    ThreadPoolConfig threads =
        Utils.getProperty(
            properties, ClientProperties.WORKER_THREAD_POOL_CONFIG, ThreadPoolConfig.class);
    TransportFilter transport = new TransportFilter(INPUT_BUFFER, threads, null, null);
    Filter lower =
        uri.getScheme().equals("wss")
            ? new SslFilter(transport, (SslEngineConfigurator) user.get(TLS), uri.getHost())
            : transport;
    WatchedEngine watched = new WatchedEngine(engine, watch);
    UpgradeFilter filter =
        new UpgradeFilter(new TaskQueueFilter(lower), transport, watched, properties, request);
    filter.connect(address, false, new Unheard());
    filter.connectReturned();
    watch.begun(filter::cut);
    sendAtOnce(transport);
  }

  /**
   * Tyrus leaves Nagle's algorithm on, which holds back the second of two small writes, such as the
   * request behind the end of a TLS handshake, until the peer has acknowledged the first.
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
