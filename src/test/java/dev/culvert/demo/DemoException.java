package dev.culvert.demo;

/** The demo cannot run; the message says why and what to do about it. */
final class DemoException extends Exception {

  private static final long serialVersionUID = 1;

  DemoException(String message) {
    super(message);
  }
}
