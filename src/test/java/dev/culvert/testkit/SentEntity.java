package dev.culvert.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.nio.DataStreamChannel;

/**
 * A body of unknown length with trailer fields; those of the library send none. The threads of the
 * library.
 */
public final class SentEntity extends StreamedEntity {

  private final ByteBuffer bytes;
  private final List<Header> trailers;
  private boolean ended;

  public SentEntity(byte[] bytes, List<Header> trailers) {
    super("text/plain");
    this.bytes = ByteBuffer.wrap(bytes);
    this.trailers = List.copyOf(trailers);
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
}
