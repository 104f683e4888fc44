package dev.culvert.host.dial;

import dev.culvert.host.loop.ChannelHandler;
import dev.culvert.host.loop.EventLoop;
import dev.culvert.host.wire.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;

/** Asks a proxy for a tunnel over a connection to it. Loop thread only. */
final class ProxyConnect implements ChannelHandler {

  /** Learns what came of it, once. */
  interface Listener {

    /**
     * The wire leads to the upstream. Nobody is told of it any more until somebody else is attached
     * to it.
     *
     * @param early what the upstream has said already; valid until this returns
     */
    void tunnelled(ByteBuffer early);

    /** There is no tunnel. */
    void failed(Throwable cause);
  }

  private final EventLoop loop;
  private final Wire wire;
  private final ProxyTunnel tunnel;
  private final Listener listener;
  private final ByteBuffer request;

  /**
   * @param wire to the proxy, not attached; it stays the caller's, who closes it to give up
   */
  ProxyConnect(EventLoop loop, Wire wire, ProxyTunnel tunnel, Listener listener) {
    this.loop = loop;
    this.wire = wire;
    this.tunnel = tunnel;
    this.listener = listener;
    this.request = tunnel.request();
  }

  /**
   * Sends the request.
   *
   * @throws IOException when the connection is broken; the listener is not told
   */
  void begin() throws IOException {
    wire.attach(loop, this);
    write();
  }

  @Override
  public void ready(int operations) throws IOException {
    if (request.hasRemaining()) {
      write();
    } else {
      read();
    }
  }

  private void write() throws IOException {
    wire.write(request);
    wire.interest(request.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
  }

  private void read() throws IOException {
    ByteBuffer buffer = loop.buffer();
    if (wire.read(buffer) < 0) {
      throw tunnel.ended();
    }
    if (tunnel.read(buffer.flip())) {
      wire.interest(0);
      listener.tunnelled(buffer);
    }
  }

  @Override
  public void failed(Throwable cause) {
    listener.failed(cause);
  }
}
