package dev.culvert.relay.frame;

import dev.culvert.endpoint.CloseCodes;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Takes what a {@link FrameDecoder} finds, in order. Buffers are the decoder's: read them now. */
public interface FrameSink {

  /** A piece of a text message. */
  void text(String piece, boolean last) throws IOException;

  /** A piece of a binary message. */
  void binary(ByteBuffer piece, boolean last) throws IOException;

  /** A ping, to be answered. */
  void ping(ByteBuffer payload) throws IOException;

  /**
   * A close frame; nothing follows.
   *
   * @param code {@link CloseCodes#NO_STATUS} when the frame was empty
   */
  void close(int code, String reason) throws IOException;
}
