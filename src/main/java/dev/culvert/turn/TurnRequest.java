package dev.culvert.turn;

import java.nio.charset.StandardCharsets;

/**
 * What a turn sends, and how it may be treated.
 *
 * @param text the request's frame
 * @param previousResponse the response it continues explicitly; empty when it does not
 * @param replayable whether sending it twice does no harm
 */
public record TurnRequest(String text, String previousResponse, boolean replayable) {

  /** Largest frame that upstreams take, in bytes. */
  public static final int MAX_BYTES = 16 * 1024 * 1024;

  /**
   * Longest request, in bytes, that a thread of the server may send on by itself: the JDK keeps
   * memory of that size for each thread that writes.
   */
  public static final int SHORT = 64 * 1024;

  boolean continues() {
    return !previousResponse.isEmpty();
  }

  boolean isTooLarge() {
    return text.length() > MAX_BYTES
        || (text.length() > MAX_BYTES / 4
            && text.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES);
  }
}
