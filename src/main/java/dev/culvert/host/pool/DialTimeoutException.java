package dev.culvert.host.pool;

import java.io.IOException;

/** No socket was opened in the time there was. */
public final class DialTimeoutException extends IOException {

  private static final long serialVersionUID = 1L;

  /** Says whose time is over. */
  public DialTimeoutException(String message) {
    super(message);
  }
}
