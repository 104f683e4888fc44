package dev.culvert.relay.frame;

import java.nio.ByteBuffer;

/** A data frame on its way out: header and masked payload, a chunk at a time. One thread. */
public final class OutgoingFrame {

  private static final int CHUNK = 16 * 1024;

  private final ByteBuffer header;
  private final ByteBuffer payload;
  private final int key;
  private long masked;

  OutgoingFrame(ByteBuffer header, ByteBuffer payload, int key) {
    this.header = header;
    this.payload = payload;
    this.key = key;
  }

  /** The next bytes for the wire, at most about 16 KiB; without any when the frame is through. */
  public ByteBuffer nextChunk() {
    int headerLength = header.remaining();
    int count = Math.min(payload.remaining(), CHUNK);
    byte[] chunk = new byte[headerLength + count];
    header.get(chunk, 0, headerLength);
    payload.get(chunk, headerLength, count);
    MaskKeys.apply(chunk, headerLength, count, key, masked);
    masked += count;
    return ByteBuffer.wrap(chunk);
  }
}
