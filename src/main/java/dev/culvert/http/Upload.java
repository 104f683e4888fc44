package dev.culvert.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.nio.DataStreamChannel;

/**
 * A body on its way to an upstream, which ends where it ends. After the head of an answer from 400
 * the library would end it in the middle as if that were all (HttpClient 5.6, {@code
 * InternalAbstractHttpAsyncClient}): then it stays without an end, and the end of the exchange
 * breaks it off.
 */
final class Upload implements AsyncEntityProducer {

  private final AsyncEntityProducer body;
  private final BooleanSupplier whole;

  /** Whether no more goes out. */
  private volatile boolean cut;

  /**
   * @param whole whether all of it has been handed over
   */
  Upload(AsyncEntityProducer body, BooleanSupplier whole) {
    this.body = body;
    this.whole = whole;
  }

  @Override
  public int available() {
    return cut ? 0 : body.available();
  }

  @Override
  public void produce(DataStreamChannel channel) throws IOException {
    body.produce(
        new DataStreamChannel() {
          @Override
          public void requestOutput() {
            channel.requestOutput();
          }

          @Override
          public int write(ByteBuffer bytes) throws IOException {
            return channel.write(bytes);
          }

          @Override
          public void endStream() throws IOException {
            endStream(null);
          }

          @Override
          public void endStream(List<? extends Header> trailers) throws IOException {
            if (whole.getAsBoolean()) {
              channel.endStream(trailers);
            } else {
              cut = true;
            }
          }
        });
  }

  @Override
  public boolean isRepeatable() {
    return body.isRepeatable();
  }

  @Override
  public void failed(Exception cause) {
    body.failed(cause);
  }

  @Override
  public long getContentLength() {
    return body.getContentLength();
  }

  @Override
  public String getContentType() {
    return body.getContentType();
  }

  @Override
  public String getContentEncoding() {
    return body.getContentEncoding();
  }

  @Override
  public boolean isChunked() {
    return body.isChunked();
  }

  @Override
  public Set<String> getTrailerNames() {
    return body.getTrailerNames();
  }

  @Override
  public void releaseResources() {
    body.releaseResources();
  }
}
