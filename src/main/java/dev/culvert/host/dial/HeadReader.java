package dev.culvert.host.dial;

import dev.culvert.host.dial.ResponseHead.Malformed;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** Collects response heads out of the pieces in which they come. For one thread at a time. */
final class HeadReader {

  private static final int FIRST_SIZE = 1024;
  private static final byte[] END = {'\r', '\n', '\r', '\n'};

  private final int limit;
  private byte[] bytes = new byte[FIRST_SIZE];
  private int length;

  /** How much of the end of a head the last bytes are. */
  private int matched;

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
    append(buffer, untilEnd(buffer));
    if (matched < END.length) {
      if (length >= limit) {
        throw new Malformed("response head: longer than " + limit + " bytes");
      }
      return Optional.empty();
    }
    int end = length;
    length = 0;
    matched = 0;
    return Optional.of(ResponseHead.parse(bytes, end));
  }

  /** How many bytes belong to the head: one that sends many short ones has no more copied. */
  private int untilEnd(ByteBuffer buffer) {
    int from = buffer.position();
    int to = from + Math.min(buffer.remaining(), limit - length);
    int at = from;
    while (at < to && matched < END.length) {
      byte next = buffer.get(at++);
      if (next == END[matched]) {
        matched++;
      } else {
        matched = next == END[0] ? 1 : 0;
      }
    }
    return at - from;
  }

  private void append(ByteBuffer buffer, int count) {
    if (length + count > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(length + count, 2 * bytes.length));
    }
    buffer.get(bytes, length, count);
    length += count;
  }

  /** Whether a head has begun and is not complete. */
  boolean hasBegun() {
    return length > 0;
  }
}
