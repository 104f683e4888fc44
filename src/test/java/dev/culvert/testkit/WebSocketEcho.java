package dev.culvert.testkit;

import java.net.ProtocolException;
import java.nio.ByteBuffer;

/**
 * Echoes WebSocket frame by frame, in place: the answer to a masked frame is its unmasked self, so
 * it is never longer than the question and a frame needs no buffer of its own, however large.
 */
final class WebSocketEcho implements Echo {

  private final FrameHeader header = new FrameHeader();

  /** Bytes of a header whose end has not arrived. */
  private final byte[] kept = new byte[FrameHeader.MAX];

  private int keptCount;
  private long passed;
  private long left;
  private boolean closing;

  @Override
  public void resume(ByteBuffer buffer) {
    buffer.put(kept, 0, keptCount);
    keptCount = 0;
  }

  @Override
  public void answer(ByteBuffer buffer) throws ProtocolException {
    int written = 0;
    while (buffer.hasRemaining() && !finished()) {
      if (left == 0) {
        if (!header.read(buffer)) {
          keep(buffer);
          break;
        }
        written = answerHeader(buffer, written);
      }
      written = answerPayload(buffer, written);
    }
    buffer.position(0).limit(written);
  }

  private void keep(ByteBuffer buffer) {
    keptCount = buffer.remaining();
    buffer.get(kept, 0, keptCount);
  }

  private int answerHeader(ByteBuffer buffer, int written) throws ProtocolException {
    if (!header.masked()) {
      throw new ProtocolException("frame: unmasked (expected: masked, RFC 6455 section 5.1)");
    }
    closing = header.opcode() == FrameHeader.CLOSE;
    passed = 0;
    left = header.length();
    int read = buffer.position();
    buffer.position(written);
    FrameHeader.write(buffer, answerTo(header.first()), left);
    int end = buffer.position();
    buffer.position(read);
    return end;
  }

  private static int answerTo(int first) {
    boolean ping = (first & 0xF) == FrameHeader.PING;
    return ping ? (first & 0xF0) | FrameHeader.PONG : first;
  }

  private int answerPayload(ByteBuffer buffer, int written) {
    int count = (int) Math.min(left, buffer.remaining());
    int from = buffer.position();
    Masking.apply(buffer, from, written, count, header.mask(), passed);
    buffer.position(from + count);
    passed += count;
    left -= count;
    return written + count;
  }

  @Override
  public boolean finished() {
    return closing && left == 0;
  }
}
