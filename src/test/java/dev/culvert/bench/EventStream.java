package dev.culvert.bench;

import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * A stream of server-sent events, of which the upstream sends the next one when it is called for:
 * an event that somebody kept back would be the last one. All bytes of all events are compared.
 * Allocates nothing per event.
 */
final class EventStream implements ClosedLoop {

  private final int id;
  private final Pacer pacer;
  private final SocketChannel channel;
  private final ByteBuffer request;
  private final ResponseReader response = new ResponseReader();
  private final NumberedEvent expected = new NumberedEvent();

  /** The event that is to come; its position is how much of it has come. */
  private ByteBuffer event = expected.numbered(0);

  private long number;
  private long sentAt;

  /**
   * Connects.
   *
   * @param id below {@value Pacer#STREAMS}, one of its own
   * @param selector is to know the connection, with this object attached
   */
  EventStream(int id, int port, Selector selector, Pacer pacer) throws IOException {
    this.id = id;
    this.pacer = pacer;
    request = GetLoop.request(port, pacer.target(id));
    channel = Pacer.connect(port);
    channel.configureBlocking(false);
    channel.register(selector, SelectionKey.OP_READ, this);
  }

  @Override
  public void send(long now) throws IOException {
    sentAt = now;
    number++;
    event = expected.numbered(number);
    if (request.hasRemaining()) {
      channel.write(request);
    } else {
      pacer.call(id);
    }
  }

  @Override
  public boolean ready(ByteBuffer buffer) throws IOException {
    if (channel.read(buffer.clear()) < 0) {
      throw new ProtocolException(this + ": end of input");
    }
    buffer.flip();
    for (int count = response.skipToBody(buffer); count > 0; count = response.skipToBody(buffer)) {
      take(buffer, count);
      response.taken(count);
    }
    if (response.isOver()) {
      throw new ProtocolException(this + ": end of the stream");
    }
    return !event.hasRemaining();
  }

  private void take(ByteBuffer bytes, int count) throws ProtocolException {
    for (int i = 0; i < count; i++) {
      if (!event.hasRemaining()) {
        throw new ProtocolException(this + ": more than was called for");
      }
      if (bytes.get() != event.get()) {
        throw new ProtocolException(this + ": wrong byte at " + (event.position() - 1));
      }
    }
  }

  @Override
  public long sentAt() {
    return sentAt;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  @Override
  public String toString() {
    return "event " + number + " of stream " + id;
  }
}
