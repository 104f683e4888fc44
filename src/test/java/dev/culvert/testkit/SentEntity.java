package dev.culvert.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.nio.DataStreamChannel;

/**
 * A body of unknown length with trailer fields; those of the library send none. The threads of the
 * library.
 */
public final class SentEntity implements AsyncEntityProducer {

  private final ByteBuffer bytes;
  private final List<Header> trailers;
  private boolean ended;

  public SentEntity(byte[] bytes, List<Header> trailers) {
    this.bytes = ByteBuffer.wrap(bytes);
    this.trailers = List.copyOf(trailers);
  }

  @Override
  public boolean isRepeatable() {
    return false;
  }

  @Override
  public int available() {
    return ended ? 0 : Math.max(1, bytes.remaining());
  }

  @Override
  public void produce(DataStreamChannel channel) throws IOException {
    channel.write(bytes);
    if (!bytes.hasRemaining() && !ended) {
      ended = true;
      channel.endStream(trailers);
    }
  }

  @Override
  public long getContentLength() {
    return -1;
  }

  @Override
  public String getContentType() {
    return "text/plain";
  }

  @Override
  public String getContentEncoding() {
    return null;
  }

  @Override
  public boolean isChunked() {
    return true;
  }

  @Override
  public Set<String> getTrailerNames() {
    return Set.of();
  }

  @Override
  public void failed(Exception cause) {}

  @Override
  public void releaseResources() {}
}
