package dev.culvert.thread;

import java.io.IOException;

/** A peer took nothing for so long that it is given up. */
public final class StalledException extends IOException {

  private static final long serialVersionUID = 1;

  /** With what has stalled. */
  public StalledException(String message) {
    super(message);
  }
}
