package dev.culvert.relay;

import java.io.IOException;

/** A peer took nothing for so long that it is given up. */
final class StalledException extends IOException {

  private static final long serialVersionUID = 1;

  StalledException(String message) {
    super(message);
  }
}
