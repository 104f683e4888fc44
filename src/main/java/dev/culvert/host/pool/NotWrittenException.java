package dev.culvert.host.pool;

import java.io.IOException;

/** The socket had ended before the request was written, so that it may be sent elsewhere. */
public final class NotWrittenException extends IOException {

  private static final long serialVersionUID = 1L;

  NotWrittenException() {
    super("socket: ended (expected: open)");
  }
}
