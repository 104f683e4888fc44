package dev.culvert.bench;

import java.time.Duration;

/**
 * What one measuring window showed.
 *
 * @param messages whole echoes
 * @param window its length
 * @param p50 median latency
 * @param p99 latency that 99 % of the messages did not exceed
 * @param cpu used by the contestant's processes in the window
 */
record Measurement(long messages, Duration window, Duration p50, Duration p99, Duration cpu) {

  /** Messages per second. */
  double rate() {
    return messages * 1e9 / window.toNanos();
  }

  /** CPU seconds per million messages. */
  double cpuPerMillion() {
    return cpu.toNanos() / 1e3 / messages;
  }

  /** Returns it as a line for {@link #parse}. */
  String toLine() {
    return "%d %s %s %s %s".formatted(messages, window, p50, p99, cpu);
  }

  /**
   * Reads a line of {@link #toLine}.
   *
   * @throws IllegalArgumentException when it is not one
   */
  static Measurement parse(String line) {
    String[] words = line.split(" ", -1);
    if (words.length != 5) {
      throw new IllegalArgumentException("measurement: " + line + " (expected: five words)");
    }
    return new Measurement(
        Long.parseLong(words[0]),
        Duration.parse(words[1]),
        Duration.parse(words[2]),
        Duration.parse(words[3]),
        Duration.parse(words[4]));
  }
}
