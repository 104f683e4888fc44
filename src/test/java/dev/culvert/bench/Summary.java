package dev.culvert.bench;

import java.time.Duration;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The rounds of one contestant in one scenario, by medians.
 *
 * @param rate messages per second
 * @param lowest rate of a round
 * @param highest rate of a round
 * @param p50 of the latency, in microseconds
 * @param p99 of the latency, in microseconds
 * @param cpu seconds per million messages
 */
record Summary(double rate, double lowest, double highest, double p50, double p99, double cpu) {

  /**
   * Summarises rounds.
   *
   * @param rounds at least one
   */
  static Summary of(List<Measurement> rounds) {
    return new Summary(
        median(rounds, Measurement::rate),
        rounds.stream().mapToDouble(Measurement::rate).min().orElseThrow(),
        rounds.stream().mapToDouble(Measurement::rate).max().orElseThrow(),
        median(rounds, round -> micros(round.p50())),
        median(rounds, round -> micros(round.p99())),
        median(rounds, Measurement::cpuPerMillion));
  }

  private static double micros(Duration duration) {
    return duration.toNanos() / 1e3;
  }

  private static double median(List<Measurement> rounds, ToDoubleFunction<Measurement> value) {
    double[] sorted = rounds.stream().mapToDouble(value).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
