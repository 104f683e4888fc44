package dev.culvert.bench;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where clients connect, on loopback.
 *
 * @param authority certificate to be trusted, a PEM file; empty for a plain listener
 */
record Listener(int port, Optional<Path> authority) {

  private static final String SEPARATOR = "@";

  /**
   * Returns the one on a port.
   *
   * @param certificate that it shows; empty for a plain one
   */
  static Listener on(int port, Optional<Certificate> certificate) {
    return new Listener(port, certificate.map(Certificate::authority));
  }

  static Listener plain(int port) {
    return on(port, Optional.empty());
  }

  /** Returns it as a word for {@link #parse}. */
  String toWord() {
    return port + authority.map(file -> SEPARATOR + file.toUri()).orElse("");
  }

  /**
   * Reads the word of {@link #toWord}.
   *
   * @throws IllegalArgumentException when it is not one
   */
  static Listener parse(String word) {
    String[] parts = word.split(SEPARATOR, 2);
    Optional<Path> authority =
        parts.length == 2 ? Optional.of(Path.of(URI.create(parts[1]))) : Optional.empty();
    return new Listener(Integer.parseInt(parts[0]), authority);
  }
}
