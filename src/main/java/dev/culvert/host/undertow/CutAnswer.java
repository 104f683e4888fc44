package dev.culvert.host.undertow;

import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.AttachmentKey;
import io.undertow.util.Protocols;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.util.concurrent.TimeUnit;
import org.xnio.channels.StreamSourceChannel;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.StreamSinkConduit;

/**
 * The answer on a stream of HTTP/2 that may be reset while its client takes nothing. Undertow would
 * go on to wait, on a thread, for frames of such a stream to be taken (2.3.23, {@code
 * AbstractFramedStreamSinkChannel.awaitWritable}); here it finds the stream closed.
 */
final class CutAnswer extends AbstractStreamSinkConduit<StreamSinkConduit> {

  private static final AttachmentKey<CutAnswer> KEY = AttachmentKey.create(CutAnswer.class);

  private final HttpServerExchange exchange;
  private volatile boolean cut;

  private CutAnswer(StreamSinkConduit next, HttpServerExchange exchange) {
    super(next);
    this.exchange = exchange;
  }

  /** To be called before the answer is begun; later nothing happens. */
  static void prepare(HttpServerExchange exchange) {
    if (exchange.getProtocol().equals(Protocols.HTTP_2_0)
        && exchange.isResponseChannelAvailable()) {
      exchange.addResponseWrapper(
          (factory, same) -> {
            CutAnswer answer = new CutAnswer(factory.create(), exchange);
            exchange.putAttachment(KEY, answer);
            return answer;
          });
    }
  }

  /** What is left is not waited for. */
  static void cut(HttpServerExchange exchange) {
    CutAnswer answer = exchange.getAttachment(KEY);
    if (answer != null) {
      answer.cut = true;
    }
  }

  private void checkOpen() throws IOException {
    if (cut) {
      throw new ClosedChannelException();
    }
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    checkOpen();
    return next.write(source);
  }

  @Override
  public long write(ByteBuffer[] sources, int offset, int count) throws IOException {
    checkOpen();
    return next.write(sources, offset, count);
  }

  @Override
  public int writeFinal(ByteBuffer source) throws IOException {
    checkOpen();
    return next.writeFinal(source);
  }

  @Override
  public long writeFinal(ByteBuffer[] sources, int offset, int count) throws IOException {
    checkOpen();
    return next.writeFinal(sources, offset, count);
  }

  @Override
  public long transferFrom(FileChannel source, long position, long count) throws IOException {
    checkOpen();
    return next.transferFrom(source, position, count);
  }

  @Override
  public long transferFrom(StreamSourceChannel source, long count, ByteBuffer through)
      throws IOException {
    checkOpen();
    return next.transferFrom(source, count, through);
  }

  @Override
  public boolean flush() throws IOException {
    return cut || next.flush();
  }

  /** The interrupt that ends the wait goes no further: it would close the socket of all streams. */
  @Override
  public void awaitWritable() throws IOException {
    if (!cut) {
      try {
        next.awaitWritable();
      } finally {
        forgetInterrupt();
      }
    }
  }

  private void forgetInterrupt() {
    if (cut) {
      boolean unused = Thread.interrupted();
    }
  }

  @Override
  public void awaitWritable(long time, TimeUnit unit) throws IOException {
    if (!cut) {
      try {
        next.awaitWritable(time, unit);
      } finally {
        forgetInterrupt();
      }
    }
  }

  @Override
  public void terminateWrites() throws IOException {
    if (cut) {
      Connectors.terminateResponse(exchange);
    } else {
      next.terminateWrites();
    }
  }

  @Override
  public void truncateWrites() throws IOException {
    if (cut) {
      Connectors.terminateResponse(exchange);
    } else {
      next.truncateWrites();
    }
  }
}
