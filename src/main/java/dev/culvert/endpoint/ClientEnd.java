package dev.culvert.endpoint;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A client's WebSocket session, as those see it who speak with the client. Sends block until the
 * server took them; one thread sends at a time.
 */
public interface ClientEnd {

  /**
   * Sends a piece of a text message.
   *
   * @param whole whether the piece is all of its message
   */
  void text(String piece, boolean whole, boolean last) throws IOException;

  /** Sends a piece of a binary message; the buffer is the caller's again afterwards. */
  void binary(ByteBuffer piece, boolean whole, boolean last) throws IOException;

  /** Sends a ping without a payload. */
  void ping() throws IOException;

  /** Closes the session; nothing happens when it is closed. */
  void close(int code, String reason);

  /** Nothing more is wanted of the session, which is closed; the last call. */
  void done();
}
