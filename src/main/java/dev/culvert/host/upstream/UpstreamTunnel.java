package dev.culvert.host.upstream;

import dev.culvert.host.dial.ProxyTunnel;
import dev.culvert.host.pool.Target;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import org.glassfish.tyrus.container.jdk.client.DirectContainer;

/** A tunnel as Tyrus's filters want it. */
record UpstreamTunnel(String host, int port, ProxyTunnel tunnel) implements DirectContainer.Tunnel {

  private static final int WS_PORT = 80;
  private static final int WSS_PORT = 443;

  /** The tunnel to an address through a proxy. */
  static UpstreamTunnel of(URI uri, Target.Proxy proxy) {
    int colon = proxy.address().lastIndexOf(':');
    return new UpstreamTunnel(
        proxy.address().substring(0, colon),
        Integer.parseInt(proxy.address().substring(colon + 1)),
        new ProxyTunnel(authority(uri), proxy.authorization()));
  }

  private static String authority(URI uri) {
    int usual = uri.getScheme().equals("wss") ? WSS_PORT : WS_PORT;
    return uri.getHost() + ":" + (uri.getPort() < 0 ? usual : uri.getPort());
  }

  @Override
  public ByteBuffer request() {
    return tunnel.request();
  }

  @Override
  public boolean read(ByteBuffer bytes) throws IOException {
    return tunnel.read(bytes);
  }

  @Override
  public IOException ended() {
    return tunnel.ended();
  }
}
