package dev.culvert.bench;

import java.io.Closeable;
import java.io.Flushable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * Calls for the events of streams, on a connection to the upstream that passes by the contestant:
 * one byte, the stream's number, for each event. The streams end with it. Belongs to one thread.
 */
final class Pacer implements Flushable, Closeable {

  /** Streams at most. */
  static final int STREAMS = 256;

  /** What the upstream is asked for on the connection; it answers when it listens. */
  static final String TARGET = "/pacer";

  private final SocketChannel channel;
  private final ByteBuffer calls = ByteBuffer.allocateDirect(STREAMS);

  private Pacer(SocketChannel channel) {
    this.channel = channel;
  }

  /**
   * Connects and waits until the upstream listens.
   *
   * @param upstreamPort of {@link HttpOrigin}
   */
  static Pacer to(int upstreamPort) throws IOException {
    SocketChannel channel = connect(upstreamPort);
    try {
      channel.write(GetLoop.request(upstreamPort, TARGET));
      ResponseReader response = new ResponseReader();
      ByteBuffer buffer = ByteBuffer.allocate(1024);
      while (!response.isOver()) {
        if (channel.read(buffer.clear()) < 0) {
          throw new ProtocolException("upstream: end of input (expected: an answer)");
        }
        if (response.skipToBody(buffer.flip()) > 0) {
          throw new ProtocolException("upstream: an answer with a body (expected: without)");
        }
      }
      return new Pacer(channel);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Opens a connection to loopback, in blocking mode, without delay. */
  static SocketChannel connect(int port) throws IOException {
    SocketChannel channel =
        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    return channel;
  }

  /**
   * Returns what a client asks for that wants to have a stream; the first event comes by itself.
   *
   * @param stream below {@value #STREAMS}
   */
  String target(int stream) throws IOException {
    int port = ((InetSocketAddress) channel.getLocalAddress()).getPort();
    return "/events/" + port + "/" + stream;
  }

  /** Calls for the next event, with the next {@link #flush}. */
  void call(int stream) {
    calls.put((byte) stream);
  }

  @Override
  public void flush() throws IOException {
    calls.flip();
    while (calls.hasRemaining()) {
      channel.write(calls);
    }
    calls.clear();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
