package dev.culvert.turn;

/** A text that is no request. The message says why, in the words that follow what it is of. */
public final class InvalidRequest extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Code of the error that clients get. */
  public static final String CODE = "invalid_json";

  InvalidRequest(String complaint) {
    super(complaint);
  }

  InvalidRequest(String complaint, Throwable cause) {
    super(complaint, cause);
  }
}
