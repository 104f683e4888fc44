package dev.culvert.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A server-sent event of {@value #LENGTH} bytes, as the upstream sends it and the load client
 * expects it; the number changes in place. Allocates nothing; belongs to one thread.
 */
final class NumberedEvent {

  /** In bytes. */
  static final int LENGTH = 100;

  private static final String BEGIN = "id: ";
  private static final int DIGITS = 16;
  private static final String DATA = "\ndata: ";
  private static final String END = "\n\n";
  private static final int RADIX = 10;

  private final ByteBuffer bytes;

  /** Has the number 0. */
  NumberedEvent() {
    String data =
        DATA + "x".repeat(LENGTH - BEGIN.length() - DIGITS - DATA.length() - END.length());
    String text = BEGIN + "0".repeat(DIGITS) + data + END;
    bytes = ByteBuffer.allocateDirect(LENGTH).put(text.getBytes(StandardCharsets.US_ASCII)).flip();
  }

  /**
   * Returns the whole event, in the one buffer of this object.
   *
   * @param number at least 0, of at most 16 digits
   */
  ByteBuffer numbered(long number) {
    long left = number;
    for (int digit = BEGIN.length() + DIGITS - 1; digit >= BEGIN.length(); digit--) {
      bytes.put(digit, (byte) ('0' + left % RADIX));
      left /= RADIX;
    }
    return bytes.limit(LENGTH).rewind();
  }
}
