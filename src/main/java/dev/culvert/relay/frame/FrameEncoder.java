package dev.culvert.relay.frame;

import dev.culvert.endpoint.CloseCodes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Makes the frames of a client (RFC 6455 section 5.2): masked, a message's first frame with its
 * type, the others as continuations. Data frames belong to one thread at a time; control frames may
 * be made by any other meanwhile.
 */
public final class FrameEncoder {

  private static final int LONGEST_HEADER = 14;

  private final MaskKeys keys = new MaskKeys();

  /** Guarded by itself: control frames come from several threads. */
  private final MaskKeys controlKeys = new MaskKeys();

  private boolean inMessage;

  /**
   * A data frame, to be written chunk by chunk, so that a long one takes little memory.
   *
   * @param type {@link Opcode#TEXT} or {@link Opcode#BINARY}; counts for the first frame of a
   *     message only
   */
  private OutgoingFrame frame(int type, ByteBuffer payload, boolean last) {
    int opcode = inMessage ? Opcode.CONTINUATION : type;
    inMessage = !last;
    int key = keys.next();
    ByteBuffer header = ByteBuffer.allocate(LONGEST_HEADER);
    putHeader(header, opcode | (last ? Opcode.FIN : 0), payload.remaining(), key);
    return new OutgoingFrame(header.flip(), payload, key);
  }

  /**
   * A frame of a text message.
   *
   * @param utf8 bytes of the text, read as the frame is written
   * @param last whether the message ends with it
   */
  public OutgoingFrame text(ByteBuffer utf8, boolean last) {
    return frame(Opcode.TEXT, utf8, last);
  }

  /**
   * A frame of a binary message.
   *
   * @param payload read as the frame is written
   * @param last whether the message ends with it
   */
  public OutgoingFrame binary(ByteBuffer payload, boolean last) {
    return frame(Opcode.BINARY, payload, last);
  }

  /**
   * The answer to a ping.
   *
   * @param payload of the ping, at most 125 bytes
   */
  public ByteBuffer pong(ByteBuffer payload) {
    byte[] bytes = new byte[payload.remaining()];
    payload.get(bytes);
    return control(Opcode.PONG, bytes);
  }

  /**
   * A close frame.
   *
   * @param code one that {@link CloseCodes#isSendable may be sent}
   * @param reason cut to what fits
   */
  public ByteBuffer close(int code, String reason) {
    byte[] text = CloseCodes.fitting(reason).getBytes(StandardCharsets.UTF_8);
    return control(
        Opcode.CLOSE,
        ByteBuffer.allocate(2 + text.length).putShort((short) code).put(text).array());
  }

  private ByteBuffer control(int opcode, byte[] payload) {
    int key;
    synchronized (controlKeys) {
      key = controlKeys.next();
    }
    MaskKeys.apply(payload, 0, payload.length, key, 0);
    ByteBuffer frame = ByteBuffer.allocate(LONGEST_HEADER + payload.length);
    putHeader(frame, opcode | Opcode.FIN, payload.length, key);
    return frame.put(payload).flip();
  }

  private static void putHeader(ByteBuffer out, int first, int length, int key) {
    out.put((byte) first);
    if (length < 126) {
      out.put((byte) (Opcode.MASKED | length));
    } else if (length <= 0xffff) {
      out.put((byte) (Opcode.MASKED | 126)).putShort((short) length);
    } else {
      out.put((byte) (Opcode.MASKED | 127)).putLong(length);
    }
    out.putInt(key);
  }
}
