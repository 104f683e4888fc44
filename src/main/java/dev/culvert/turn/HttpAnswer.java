package dev.culvert.turn;

import java.io.IOException;
import java.util.Map;

/** The response to a {@code POST}. Calls come one at a time, by any thread, and may block. */
public interface HttpAnswer {

  /** Sets status and headers; once, and first. */
  void head(int status, Map<String, String> headers);

  /**
   * Writes a part of the body and flushes it.
   *
   * @throws IOException when the client has gone away
   */
  void write(String text) throws IOException;

  /** Ends the response; the last call. */
  void finish();
}
