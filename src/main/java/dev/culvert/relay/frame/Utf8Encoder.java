package dev.culvert.relay.frame;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Encodes a text that comes in pieces. A piece may end between the two halves of a surrogate pair;
 * the first half then waits for the next piece. One thread at a time.
 */
public final class Utf8Encoder {

  private String carried = "";

  /** The bytes of the next piece of a message; the last piece ends the message. */
  public ByteBuffer encode(String piece, boolean last) {
    String text = carried.isEmpty() ? piece : carried + piece;
    int end = text.length();
    if (!last && end > 0 && Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    carried = text.substring(end);
    return ByteBuffer.wrap(text.substring(0, end).getBytes(StandardCharsets.UTF_8));
  }
}
