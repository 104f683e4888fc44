package dev.culvert.http;

import dev.culvert.handshake.Headers;
import java.nio.ByteBuffer;
import java.util.function.IntConsumer;

/**
 * The client of an exchange. It is told either a refusal, or a head, data and the end or a break;
 * one at a time, by any thread, and must not block.
 */
public interface Client {

  /**
   * The head of the answer.
   *
   * @param taken to be called with the length of data that have gone to the client: no more than a
   *     window of them comes before
   */
  void head(Answer.Head head, IntConsumer taken);

  /** A piece of the body; to be copied. */
  void data(ByteBuffer bytes);

  /** That was all. */
  void end(Headers trailers);

  /** That was not all, and no more comes: the client must be able to tell. */
  void broken(String detail);

  /**
   * There is no answer of an upstream.
   *
   * @param status that the client gets, 400 and up
   * @param headers that belong to it
   */
  void refused(int status, Headers headers, String detail);
}
