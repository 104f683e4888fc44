package dev.culvert.bench;

import java.util.Arrays;
import java.util.Locale;

/** What clients speak to the contestants; upstreams always speak plain HTTP. One table each. */
enum Transport {
  PLAIN(""),
  TLS("TLS, ");

  /** What the headings of its tables begin with. */
  private final String heading;

  Transport(String heading) {
    this.heading = heading;
  }

  String heading() {
    return heading;
  }

  /** Returns its name in properties and of its directory. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Returns the one of that name.
   *
   * @throws IllegalArgumentException when there is none
   */
  static Transport of(String word) {
    return Arrays.stream(values())
        .filter(transport -> transport.word().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "bench.tables: " + word + " (expected: plain, tls, turns)"));
  }
}
