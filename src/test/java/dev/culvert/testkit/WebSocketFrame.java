package dev.culvert.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One WebSocket frame (RFC 6455, section 5.2), for tests that send and read them one by one.
 *
 * @param masked whether it was or is to be sent masked, as clients do
 * @param payload without the mask; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // made and read by tests, never compared
public record WebSocketFrame(boolean fin, int opcode, boolean masked, byte[] payload) {

  public static final int CONTINUATION = 0;
  public static final int TEXT = FrameHeader.TEXT;
  public static final int BINARY = FrameHeader.BINARY;
  public static final int CLOSE = FrameHeader.CLOSE;
  public static final int PING = FrameHeader.PING;
  public static final int PONG = FrameHeader.PONG;

  private static final int MASK = 0x1234_5678;

  /** A frame as a server sends it. */
  public static WebSocketFrame ofServer(boolean fin, int opcode, byte[] payload) {
    return new WebSocketFrame(fin, opcode, false, payload);
  }

  /** A frame as a client sends it. */
  public static WebSocketFrame ofClient(boolean fin, int opcode, byte[] payload) {
    return new WebSocketFrame(fin, opcode, true, payload);
  }

  /** This frame's close code with nothing else in it, to be sent back. */
  public WebSocketFrame closeAnswer() {
    return new WebSocketFrame(true, CLOSE, !masked, payload);
  }

  /**
   * Reads the next frame.
   *
   * @throws java.io.EOFException when the connection ends before or inside it
   */
  public static WebSocketFrame read(Wire wire) throws IOException {
    ByteBuffer head = ByteBuffer.allocate(FrameHeader.MAX);
    FrameHeader header = new FrameHeader();
    head.flip();
    while (!header.read(head)) {
      head.compact().put(wire.read(1)).flip();
    }
    byte[] payload = wire.read(Math.toIntExact(header.length()));
    ByteBuffer bytes = ByteBuffer.wrap(payload);
    Masking.apply(bytes, 0, 0, payload.length, header.mask(), 0);
    boolean fin = (header.first() & FrameHeader.FIN) != 0;
    return new WebSocketFrame(fin, header.opcode(), header.masked(), payload);
  }

  /** The frame as it goes on the wire. */
  public byte[] bytes() {
    ByteBuffer frame = ByteBuffer.allocate(FrameHeader.MAX + payload.length);
    int first = (fin ? FrameHeader.FIN : 0) | opcode;
    if (masked) {
      FrameHeader.writeMasked(frame, first, payload.length, MASK);
    } else {
      FrameHeader.write(frame, first, payload.length);
    }
    int start = frame.position();
    frame.put(payload).flip();
    if (masked) {
      Masking.apply(frame, start, start, payload.length, MASK, 0);
    }
    byte[] bytes = new byte[frame.remaining()];
    frame.get(bytes);
    return bytes;
  }

  /** Code of a close frame, 1005 when it has none. */
  public int closeCode() {
    return payload.length < 2 ? 1005 : ByteBuffer.wrap(payload).getShort() & 0xFFFF;
  }

  /** Reason of a close frame. */
  public String closeReason() {
    return payload.length < 2 ? "" : new String(payload, 2, payload.length - 2, UTF_8);
  }
}
