package org.glassfish.tyrus.container.jdk.client;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.glassfish.tyrus.spi.CompletionHandler;

/**
 * Agrees on a tunnel with a proxy before anything above it knows of a connection. From then on
 * everything passes through.
 */
final class ProxyFilter extends Filter {

  private final DirectContainer.Tunnel tunnel;

  /** Set before the connection begins; afterwards the thread that reads it goes by it alone. */
  private Filter above;

  /** Written by the thread that reads the connection. */
  private boolean open;

  ProxyFilter(Filter downstream, DirectContainer.Tunnel tunnel) {
    super(downstream);
    this.tunnel = tunnel;
  }

  @Override
  void handleConnect(SocketAddress address, Filter upstream) {
    above = upstream;
    upstreamFilter = null; // whom everything would be passed on to
  }

  @Override
  void processConnect() {
    downstreamFilter.write(
        tunnel.request(),
        new CompletionHandler<ByteBuffer>() {
          @Override
          public void failed(Throwable fault) {
            above.onError(fault);
          }
        });
  }

  /** What is left after the proxy's answer is the upstream's. */
  @Override
  boolean processRead(ByteBuffer data) {
    if (open) {
      return true;
    }
    try {
      open = tunnel.read(data);
    } catch (IOException e) {
      above.onError(e);
      return false;
    }
    if (open) {
      upstreamFilter = above;
      above.onConnect();
    }
    return open && data.hasRemaining();
  }

  @Override
  void processConnectionClosed() {
    if (!open) {
      above.onError(tunnel.ended());
    }
  }

  @Override
  void processError(Throwable fault) {
    if (!open) {
      above.onError(fault);
    }
  }

  @Override
  void write(ByteBuffer data, CompletionHandler<ByteBuffer> completionHandler) {
    downstreamFilter.write(data, completionHandler);
  }

  @Override
  void startSsl() {
    downstreamFilter.startSsl();
  }

  @Override
  void close() {
    downstreamFilter.close();
  }
}
