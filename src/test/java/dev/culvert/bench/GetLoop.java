package dev.culvert.bench;

import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * Gets the same body over and over, on one connection for as many requests as the server allows and
 * on another one then. The length of each body is compared, all of its bytes for every {@value
 * #SAMPLE}th.
 */
final class GetLoop implements ClosedLoop {

  private static final int SAMPLE = 64;

  private final int port;
  private final Selector selector;
  private final ByteBuffer request;

  /** The body that is to come; its position is how much of it has come. */
  private final ByteBuffer body;

  private final ResponseReader response = new ResponseReader();
  private SocketChannel channel;
  private long number;
  private long sentAt;

  /**
   * Connects.
   *
   * @param selector is to know the connections, with this object attached
   * @param body of {@link HttpOrigin#body}; not changed
   */
  GetLoop(int port, Selector selector, ByteBuffer body) throws IOException {
    this.port = port;
    this.selector = selector;
    this.body = body.duplicate();
    request = request(port, "/" + body.capacity());
    channel = connect();
  }

  /** A request as a program would send it. */
  static ByteBuffer request(int port, String target) {
    String text =
        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n"
            .formatted(target, port);
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }

  private SocketChannel connect() throws IOException {
    SocketChannel socket = Pacer.connect(port);
    try {
      socket.configureBlocking(false);
      socket.register(selector, SelectionKey.OP_READ, this);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  @Override
  public void send(long now) throws IOException {
    if (response.isClosing()) {
      channel.close();
      channel = connect();
    }
    number++;
    response.next();
    body.clear();
    sentAt = now;
    if (channel.write(request.rewind()) < request.limit()) {
      throw new IOException(this + ": not taken by the socket");
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
    if (buffer.hasRemaining() || (response.isOver() && body.hasRemaining())) {
      throw lengthFault(buffer.remaining());
    }
    return response.isOver();
  }

  private void take(ByteBuffer bytes, int count) throws ProtocolException {
    if (count > body.remaining()) {
      throw lengthFault(count);
    }
    int begin = body.position();
    if (number % SAMPLE == 0) {
      ByteBuffer part = bytes.duplicate().limit(bytes.position() + count);
      int difference = part.mismatch(body.duplicate().limit(begin + count));
      if (difference >= 0) {
        throw new ProtocolException(this + ": wrong byte at " + (begin + difference));
      }
    }
    body.position(begin + count);
    bytes.position(bytes.position() + count);
  }

  private ProtocolException lengthFault(int more) {
    return new ProtocolException(
        "%s: %d bytes (expected: %d)".formatted(this, body.position() + more, body.capacity()));
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
    return "answer to request " + number;
  }
}
