package dev.culvert.host.wire;

import dev.culvert.host.loop.ChannelHandler;
import dev.culvert.host.loop.EventLoop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** A plain TCP connection. */
public final class SocketWire implements Wire {

  private final SocketChannel channel;
  private final Runnable closer;
  private SelectionKey key;

  /** What the key is set to. */
  private int operations;

  /**
   * Makes a wire of a channel.
   *
   * @param channel non-blocking
   * @param closer closes the channel the way its owner wants it; does not throw
   */
  public SocketWire(SocketChannel channel, Runnable closer) {
    this.channel = channel;
    this.closer = closer;
  }

  @Override
  public void attach(EventLoop loop, ChannelHandler handler) throws IOException {
    operations = 0;
    key = loop.register(channel, 0, handler);
  }

  @Override
  public void interest(int wanted) {
    if (wanted != operations && key != null && key.isValid()) {
      operations = wanted;
      key.interestOps(wanted);
    }
  }

  @Override
  public int read(ByteBuffer buffer) throws IOException {
    return channel.read(buffer);
  }

  @Override
  public int write(ByteBuffer buffer) throws IOException {
    return channel.write(buffer);
  }

  /** None: what the socket does not take stays with the caller. */
  @Override
  public int unsent() {
    return 0;
  }

  @Override
  public void flush() {}

  @Override
  public void shutdownOutput() throws IOException {
    channel.shutdownOutput();
  }

  @Override
  public void close() {
    if (key != null) {
      key.cancel();
    }
    closer.run();
  }
}
