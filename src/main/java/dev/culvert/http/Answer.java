package dev.culvert.http;

import dev.culvert.handshake.Headers;
import java.nio.ByteBuffer;

/**
 * Receives what an upstream answers: a head, data, and the end or a fault, which is the last.
 * Called by threads of the transport, one at a time; must not block.
 */
public interface Answer {

  /**
   * The head of an answer.
   *
   * @param status 200 and up, as the upstream wrote it
   * @param headers all of them
   * @param length of the body in bytes, as the upstream said; -1 when it did not
   * @param hasBody whether data can come
   */
  record Head(int status, Headers headers, long length, boolean hasBody) {}

  /** The head has come; not called more than once. */
  void head(Head head);

  /**
   * A piece of the body; to be copied. {@link UpstreamCall#taken} is to be called when it has gone,
   * since no more than a window of them is read before.
   */
  void data(ByteBuffer bytes);

  /** All has come. */
  void end(Headers trailers);

  /** No more comes, and what has come is not all. */
  void failed(Fault fault);
}
