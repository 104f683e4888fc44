package dev.culvert.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;

/**
 * Looks for the first event with data in a stream of server-sent events, across the pieces it comes
 * in. Comments and other fields do not count.
 */
final class FirstEvent {

  private static final byte[] DATA = "data".getBytes(UTF_8);

  /** Bytes of the current line that are those of the field's name; -1 when some are not. */
  private int matched;

  private boolean found;

  /** Whether there has been one, with these bytes. They are left as they are. */
  boolean isIn(ByteBuffer bytes) {
    for (int i = bytes.position(); i < bytes.limit() && !found; i++) {
      byte next = bytes.get(i);
      if (next == '\n' || next == '\r') {
        found = matched == DATA.length;
        matched = 0;
      } else if (matched == DATA.length) {
        found = next == ':';
        matched = -1;
      } else if (matched >= 0) {
        matched = next == DATA[matched] ? matched + 1 : -1;
      }
    }
    return found;
  }
}
