package dev.culvert.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.impl.BasicEntityDetails;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.http.message.BasicHttpResponse;
import org.apache.hc.core5.http.nio.AsyncServerExchangeHandler;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.apache.hc.core5.http.nio.DataStreamChannel;
import org.apache.hc.core5.http.nio.ResponseChannel;
import org.apache.hc.core5.http.protocol.HttpContext;

/**
 * What a bidirectional call of gRPC looks like to proxies: each piece of the request's body comes
 * back as soon as it is there, in two frames, and the end of the body is answered with {@code
 * grpc-status} in the trailers. For one exchange of an {@link Http2Upstream}, whose threads call
 * one at a time.
 */
public final class EchoedMessages implements AsyncServerExchangeHandler {

  private static final ContentType GRPC = ContentType.create("application/grpc");
  private static final List<Header> STATUS = List.of(new BasicHeader("grpc-status", "0"));

  private final Queue<ByteBuffer> pieces = new ArrayDeque<>();
  private DataStreamChannel answer;
  private boolean complete;
  private boolean ended;

  @Override
  public void handleRequest(
      HttpRequest request, EntityDetails entity, ResponseChannel channel, HttpContext context)
      throws HttpException, IOException {
    channel.sendResponse(new BasicHttpResponse(200), new BasicEntityDetails(-1, GRPC), context);
  }

  @Override
  public void updateCapacity(CapacityChannel channel) throws IOException {
    channel.update(Integer.MAX_VALUE);
  }

  @Override
  public void consume(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    int half = copy.length / 2;
    pieces.add(ByteBuffer.wrap(copy, 0, half));
    pieces.add(ByteBuffer.wrap(copy, half, copy.length - half));
    wake();
  }

  @Override
  public void streamEnd(List<? extends Header> trailers) {
    complete = true;
    wake();
  }

  private void wake() {
    if (answer != null) {
      answer.requestOutput();
    }
  }

  @Override
  public int available() {
    return pieces.isEmpty() && (!complete || ended) ? 0 : 1;
  }

  @Override
  public void produce(DataStreamChannel channel) throws IOException {
    answer = channel;
    for (ByteBuffer piece = pieces.peek(); piece != null; piece = pieces.peek()) {
      channel.write(piece);
      if (piece.hasRemaining()) {
        return; // called again when there is room
      }
      pieces.remove();
    }
    if (complete && !ended) {
      ended = true;
      channel.endStream(STATUS);
    }
  }

  @Override
  public void failed(Exception cause) {}

  @Override
  public void releaseResources() {}
}
