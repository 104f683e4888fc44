package dev.culvert.testkit;

import java.nio.ByteBuffer;

/** Whole messages as the bytes of one binary frame. */
public final class WebSocketMessage {

  private WebSocketMessage() {}

  /**
   * Returns a message as a client sends it.
   *
   * @param payload from position to limit; not changed
   * @param mask the masking key
   * @return a direct buffer that holds the frame and nothing else
   */
  public static ByteBuffer masked(ByteBuffer payload, int mask) {
    int length = payload.remaining();
    ByteBuffer frame = ByteBuffer.allocateDirect(FrameHeader.MAX + length);
    FrameHeader.writeMasked(frame, FrameHeader.FIN | FrameHeader.BINARY, length, mask);
    int start = frame.position();
    frame.put(payload.duplicate()).flip();
    Masking.apply(frame, start, start, length, mask, 0);
    return frame;
  }

  /**
   * Returns a message as a server sends it.
   *
   * @param payload from position to limit; not changed
   * @return a direct buffer that holds the frame and nothing else
   */
  public static ByteBuffer unmasked(ByteBuffer payload) {
    ByteBuffer frame = ByteBuffer.allocateDirect(FrameHeader.MAX + payload.remaining());
    FrameHeader.write(frame, FrameHeader.FIN | FrameHeader.BINARY, payload.remaining());
    return frame.put(payload.duplicate()).flip();
  }
}
