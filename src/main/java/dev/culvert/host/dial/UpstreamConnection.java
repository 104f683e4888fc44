package dev.culvert.host.dial;

import dev.culvert.host.loop.EventLoop;
import dev.culvert.host.relay.Connection;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * A connection to an upstream after its 101.
 *
 * @param early what the upstream sent right behind its response
 */
public record UpstreamConnection(EventLoop loop, SocketChannel channel, ByteBuffer early)
    implements Connection {

  @Override
  public void close() {
    close(channel);
  }

  static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      System.getLogger("dev.culvert.host").log(Level.DEBUG, "upstream channel did not close", e);
    }
  }
}
