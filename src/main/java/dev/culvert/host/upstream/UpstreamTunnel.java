package dev.culvert.host.upstream;

import dev.culvert.host.dial.ProxyTunnel;
import dev.culvert.host.pool.Target;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.glassfish.tyrus.container.jdk.client.DirectContainer;

/** A tunnel as Tyrus's filters want it. */
record UpstreamTunnel(ProxyTunnel tunnel) implements DirectContainer.Tunnel {

  /** The tunnel to a target through a proxy. */
  static UpstreamTunnel of(Target target, Target.Proxy proxy) {
    return new UpstreamTunnel(new ProxyTunnel(target.authority(), proxy.authorization()));
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
