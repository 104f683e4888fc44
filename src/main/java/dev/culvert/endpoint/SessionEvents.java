package dev.culvert.endpoint;

import java.nio.ByteBuffer;

/**
 * What a client's session brings. Pieces of messages come one at a time, in their order; the server
 * reads no more from the client while one is being handled. The end may come at any time.
 */
public interface SessionEvents {

  /** A piece of a text message. */
  void text(String piece, boolean last);

  /** A piece of a binary message; the buffer is the server's again afterwards. */
  void binary(ByteBuffer piece, boolean last);

  /** The client answered a ping. */
  void pong();

  /**
   * The session has ended, whoever ended it. Some servers tell of a close of ours from within it.
   *
   * @param code {@link CloseCodes#NO_STATUS} or {@link CloseCodes#ABNORMAL} where there was none
   */
  void closed(int code, String reason);
}
