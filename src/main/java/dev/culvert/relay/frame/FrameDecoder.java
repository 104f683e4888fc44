package dev.culvert.relay.frame;

import dev.culvert.endpoint.CloseCodes;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads the frames of a server (RFC 6455 section 5). A frame of up to {@value #WHOLE} bytes comes
 * as one piece of its message; a longer one comes in pieces as its bytes arrive, so that no frame
 * has to be held. One thread at a time.
 */
public final class FrameDecoder {

  /** Longest payload that is waited for, in bytes. */
  public static final int WHOLE = 64 * 1024;

  /** Room that a buffer needs for {@link #decode} to get on: a whole frame with its header. */
  public static final int LEAST_ROOM = WHOLE + 10;

  private final FrameSink sink;
  private final Utf8Decoder utf8 = new Utf8Decoder();

  /** Type of the message begun; {@link Opcode#CONTINUATION} between messages. */
  private int message = Opcode.CONTINUATION;

  /** Of the long frame that is under way; 0 when there is none. */
  private long payloadLeft;

  private boolean fin;
  private boolean closed;

  /** Makes a decoder of one direction of one connection. */
  public FrameDecoder(FrameSink sink) {
    this.sink = sink;
  }

  /**
   * Takes all that can be taken; what is left in the buffer has to be offered again, with more
   * after it. After a close frame everything is dropped (RFC 6455 section 5.5.1).
   *
   * @param bytes array-backed, with room for {@link #LEAST_ROOM} bytes
   * @throws ProtocolFault when the server broke the protocol
   * @throws IOException what the sink throws
   */
  public void decode(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining() && !closed && (payloadLeft > 0 ? goOn(bytes) : begin(bytes))) {
      // each turn takes a frame, or a piece of one
    }
    if (closed) {
      bytes.position(bytes.limit());
    }
  }

  /** Whether a message has begun and not ended. */
  public boolean inMessage() {
    return message != Opcode.CONTINUATION;
  }

  private boolean goOn(ByteBuffer bytes) throws IOException {
    int count = (int) Math.min(payloadLeft, bytes.remaining());
    payloadLeft -= count;
    piece(taken(bytes, count), fin && payloadLeft == 0);
    return true;
  }

  private boolean begin(ByteBuffer bytes) throws IOException {
    int at = bytes.position();
    if (bytes.remaining() < 2) {
      return false;
    }
    int first = bytes.get(at) & 0xff;
    int second = bytes.get(at + 1) & 0xff;
    check(first, second);
    int header = second == 127 ? 10 : second == 126 ? 4 : 2;
    if (bytes.remaining() < header) {
      return false;
    }
    long length = length(bytes, at, second);
    boolean whole = bytes.remaining() - header >= length;
    if (!whole && length <= WHOLE) {
      return false;
    }
    bytes.position(at + header);
    int opcode = first & 0xf;
    if (Opcode.isControl(opcode)) {
      control(opcode, taken(bytes, (int) length));
      return true;
    }
    fin = (first & Opcode.FIN) != 0;
    message = opcode == Opcode.CONTINUATION ? message : opcode;
    if (whole) {
      piece(taken(bytes, (int) length), fin);
    } else {
      payloadLeft = length;
    }
    return true;
  }

  private void check(int first, int second) throws ProtocolFault {
    int opcode = first & 0xf;
    if ((first & Opcode.RESERVED) != 0) {
      throw fault("reserved bits are set, without an extension");
    }
    if ((second & Opcode.MASKED) != 0) {
      throw fault("a server's frame is masked");
    }
    if (Opcode.isControl(opcode)) {
      if (opcode > Opcode.PONG) {
        throw fault("opcode " + opcode);
      }
      if ((first & Opcode.FIN) == 0 || second > Opcode.LONGEST_CONTROL) {
        throw fault("a control frame is fragmented or longer than 125 bytes");
      }
    } else if (opcode > Opcode.BINARY) {
      throw fault("opcode " + opcode);
    } else if ((opcode == Opcode.CONTINUATION) != inMessage()) {
      throw fault(inMessage() ? "a message inside another" : "a continuation of nothing");
    }
  }

  private static long length(ByteBuffer bytes, int at, int code) throws ProtocolFault {
    long length =
        switch (code) {
          case 126 -> bytes.getShort(at + 2) & 0xffff;
          case 127 -> bytes.getLong(at + 2);
          default -> code;
        };
    if (length < 0) {
      throw fault("frame length of 2^63 or more");
    }
    return length;
  }

  private static ByteBuffer taken(ByteBuffer bytes, int count) {
    ByteBuffer part = bytes.slice(bytes.position(), count);
    bytes.position(bytes.position() + count);
    return part;
  }

  private void piece(ByteBuffer payload, boolean last) throws IOException {
    int type = message;
    if (last) {
      message = Opcode.CONTINUATION;
    }
    if (type == Opcode.TEXT) {
      sink.text(utf8.decode(payload, last), last);
    } else {
      sink.binary(payload, last);
    }
  }

  private void control(int opcode, ByteBuffer payload) throws IOException {
    if (opcode == Opcode.PING) {
      sink.ping(payload);
    } else if (opcode == Opcode.CLOSE) {
      closed = true;
      close(payload);
    }
  }

  private void close(ByteBuffer payload) throws IOException {
    if (!payload.hasRemaining()) {
      sink.close(CloseCodes.NO_STATUS, "");
      return;
    }
    int code = payload.remaining() == 1 ? 0 : payload.getShort() & 0xffff;
    if (!CloseCodes.isSendable(code)) {
      throw fault("close code " + code);
    }
    sink.close(code, new Utf8Decoder().decode(payload, true));
  }

  private static ProtocolFault fault(String detail) {
    return new ProtocolFault(CloseCodes.PROTOCOL_ERROR, detail);
  }
}
