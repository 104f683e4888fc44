package dev.culvert.host.dial;

import dev.culvert.host.dial.ResponseHead.Malformed;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** Collects response heads out of the pieces in which they come. For one thread at a time. */
final class HeadReader {

  private static final int FIRST_SIZE = 1024;

  private final int limit;
  private byte[] bytes = new byte[FIRST_SIZE];
  private int length;

  /**
   * @param limit longest head that is taken, in bytes
   */
  HeadReader(int limit) {
    this.limit = limit;
  }

  /**
   * Reads on, to the end of a head at most.
   *
   * @return the head, once it is complete; what comes next is another one's
   */
  Optional<ResponseHead> read(ByteBuffer buffer) throws Malformed {
    int before = length;
    int count = Math.min(buffer.remaining(), limit - length);
    if (length + count > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(length + count, 2 * bytes.length));
    }
    buffer.get(bytes, length, count);
    length += count;
    int end = ResponseHead.end(bytes, length, before);
    if (end < 0) {
      if (length >= limit) {
        throw new Malformed("response head: longer than " + limit + " bytes");
      }
      return Optional.empty();
    }
    buffer.position(buffer.position() - (length - end));
    length = 0;
    return Optional.of(ResponseHead.parse(bytes, end));
  }

  /** Whether a head has begun and is not complete. */
  boolean hasBegun() {
    return length > 0;
  }
}
