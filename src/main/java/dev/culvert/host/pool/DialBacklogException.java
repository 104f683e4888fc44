package dev.culvert.host.pool;

import java.io.IOException;

/** All threads that dial were busy for the time there was: nobody was asked for anything. */
public final class DialBacklogException extends IOException {

  private static final long serialVersionUID = 1L;

  /** Says which time is over. */
  public DialBacklogException(String message) {
    super(message);
  }
}
