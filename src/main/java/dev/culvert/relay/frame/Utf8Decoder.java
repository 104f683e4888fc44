package dev.culvert.relay.frame;

import dev.culvert.endpoint.CloseCodes;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Decodes a text that comes in pieces, strictly: a piece may end inside a character, the message
 * may not. A sequence that no later byte can complete is refused as soon as it shows (RFC 6455
 * section 8.1). One thread at a time.
 */
final class Utf8Decoder {

  private static final int LONGEST_CHARACTER = 4;

  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT);

  /** The bytes of an unfinished character, from position to limit. */
  private ByteBuffer carried = ByteBuffer.allocate(0);

  /**
   * The text of the next piece of a message; the last piece ends the message.
   *
   * @param piece read to its end
   * @throws ProtocolFault with 1007 when it is not UTF-8
   */
  String decode(ByteBuffer piece, boolean last) throws ProtocolFault {
    ByteBuffer bytes = carried.hasRemaining() ? joined(piece) : piece;
    CharBuffer text = CharBuffer.allocate(bytes.remaining());
    CoderResult result = decoder.decode(bytes, text, last);
    if (result.isError()) {
      throw fault();
    }
    if (last) {
      decoder.reset();
      carried = ByteBuffer.allocate(0);
    } else {
      carried = ByteBuffer.allocate(LONGEST_CHARACTER).put(bytes).flip();
      checkCarried();
    }
    return text.flip().toString();
  }

  private ByteBuffer joined(ByteBuffer piece) {
    return ByteBuffer.allocate(carried.remaining() + piece.remaining())
        .put(carried)
        .put(piece)
        .flip();
  }

  /** The JDK's decoder waits for a whole character even when its first bytes rule one out. */
  private void checkCarried() throws ProtocolFault {
    if (carried.remaining() < 2) {
      return;
    }
    int first = carried.get(0) & 0xff;
    int second = carried.get(1) & 0xff;
    int lowest = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    int highest = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    boolean thirdIsWrong = carried.remaining() == 3 && (carried.get(2) & 0xc0) != 0x80;
    if (second < lowest || second > highest || thirdIsWrong) {
      throw fault();
    }
  }

  private static ProtocolFault fault() {
    return new ProtocolFault(CloseCodes.BAD_DATA, "text is not UTF-8");
  }
}
