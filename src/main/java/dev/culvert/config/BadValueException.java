package dev.culvert.config;

/** A value that cannot be used. The message says why, in the words that follow the value. */
final class BadValueException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  /** The complaint about a value that refers to a key without one. */
  static final String UNRESOLVED = "expected: an expression that has a value";

  BadValueException(String complaint) {
    super(complaint);
  }

  BadValueException(String complaint, Throwable cause) {
    super(complaint, cause);
  }

  static BadValueException expected(String what) {
    return new BadValueException("expected: " + what);
  }
}
