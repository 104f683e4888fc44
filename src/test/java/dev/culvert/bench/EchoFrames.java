package dev.culvert.bench;

import java.net.ProtocolException;
import java.nio.ByteBuffer;

/**
 * Finds the payload in the frames of one binary message after the other; proxies may fragment what
 * came in one frame (RFC 6455, section 5.4). Allocates nothing; belongs to one thread.
 */
final class EchoFrames {

  private static final int FIN = 0x80;
  private static final int BINARY = 2;
  private static final int CONTINUATION = 0;
  private static final int LONGEST_HEADER = 10;
  private static final int SHORT_LENGTH = 126;
  private static final int LONG_LENGTH = 127;

  /** The header so far, from its first byte. */
  private final ByteBuffer header = ByteBuffer.allocate(LONGEST_HEADER);

  private boolean inMessage;
  private boolean last;
  private long payloadLeft;

  /**
   * Skips what is left of a header; after it the buffer is at payload, or empty.
   *
   * @return how many bytes of payload may be taken now
   * @throws ProtocolException when it is no frame of the message
   */
  int skipHeader(ByteBuffer bytes) throws ProtocolException {
    while (payloadLeft == 0 && bytes.hasRemaining() && !isOver()) {
      header.put(bytes.get());
      if (header.position() == length()) {
        begin();
      }
    }
    return (int) Math.min(payloadLeft, bytes.remaining());
  }

  /** Length of the header that has begun. */
  private int length() {
    if (header.position() < 2) {
      return LONGEST_HEADER;
    }
    return switch (header.get(1)) {
      case SHORT_LENGTH -> 4;
      case LONG_LENGTH -> LONGEST_HEADER;
      default -> 2;
    };
  }

  private void begin() throws ProtocolException {
    int expected = inMessage ? CONTINUATION : BINARY;
    int first = header.get(0) & 0xff;
    if ((first & ~FIN) != expected || header.get(1) < 0) {
      throw new ProtocolException(
          "frame: %02x %02x (expected: opcode %d, not masked)"
              .formatted(first, header.get(1), expected));
    }
    payloadLeft =
        switch (header.get(1)) {
          case SHORT_LENGTH -> header.getShort(2) & 0xffff;
          case LONG_LENGTH -> header.getLong(2);
          default -> header.get(1);
        };
    last = (first & FIN) != 0;
    inMessage = true;
    header.clear();
  }

  /** That much payload was taken. */
  void taken(int count) {
    payloadLeft -= count;
  }

  /** Whether the message has ended. */
  boolean isOver() {
    return inMessage && last && payloadLeft == 0;
  }

  /** The next message may come. */
  void next() {
    inMessage = false;
    last = false;
  }
}
