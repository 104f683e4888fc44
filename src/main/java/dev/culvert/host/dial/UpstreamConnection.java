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

  /** What a stream keeps of it: the early bytes are soon relayed. */
  public Connection bare() {
    return new Bare(channel);
  }

  private record Bare(SocketChannel channel) implements Connection {
    @Override
    public void close() {
      UpstreamConnection.close(channel);
    }
  }

  static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      System.getLogger("dev.culvert.host").log(Level.DEBUG, "upstream channel did not close", e);
    }
  }
}
