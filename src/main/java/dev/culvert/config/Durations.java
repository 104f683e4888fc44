package dev.culvert.config;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalUnit;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations: ISO-8601 ({@code PT55M}) or a number and a unit ({@code 55m}), whole milliseconds. */
final class Durations {

  /** Ten years: longer than any stream, and far from the overflow of nanoseconds in a long. */
  private static final Duration LONGEST = Duration.ofDays(3650);

  private static final Duration LONGEST_WAIT = Duration.ofHours(1);

  private static final int NANOS_PER_MILLI = 1_000_000;

  private static final Duration SHORTEST = Duration.ofMillis(1);

  private static final Pattern NUMBER_AND_UNIT = Pattern.compile("(\\d{1,12})(ms|s|m|h|d)");

  private static final Map<String, TemporalUnit> UNITS =
      Map.of(
          "ms", ChronoUnit.MILLIS,
          "s", ChronoUnit.SECONDS,
          "m", ChronoUnit.MINUTES,
          "h", ChronoUnit.HOURS,
          "d", ChronoUnit.DAYS);

  private Durations() {}

  /** Zero to ten years. */
  static Duration zeroOrMore(String text) {
    return between(Duration.ZERO, LONGEST, "0s to 3650d", text);
  }

  /** One millisecond to ten years. */
  static Duration positive(String text) {
    return between(SHORTEST, LONGEST, "1ms to 3650d", text);
  }

  /** Zero to one hour. */
  static Duration shortWait(String text) {
    return between(Duration.ZERO, LONGEST_WAIT, "0s to 1h", text);
  }

  /** One millisecond to one hour. */
  static Duration timeout(String text) {
    return between(SHORTEST, LONGEST_WAIT, "1ms to 1h", text);
  }

  /** One second to one day. */
  static Duration leaseTime(String text) {
    return between(Duration.ofSeconds(1), Duration.ofDays(1), "1s to 1d", text);
  }

  private static Duration between(Duration min, Duration max, String range, String text) {
    return parse(text)
        .filter(duration -> duration.compareTo(min) >= 0 && duration.compareTo(max) <= 0)
        .filter(duration -> duration.toNanosPart() % NANOS_PER_MILLI == 0)
        .orElseThrow(
            () ->
                BadValueException.expected(
                    "a duration from "
                        + range
                        + " in whole milliseconds, such as 40ms, 30s, 55m or PT55M"));
  }

  private static Optional<Duration> parse(String text) {
    if (text.equals("0")) {
      return Optional.of(Duration.ZERO);
    }
    Matcher matcher = NUMBER_AND_UNIT.matcher(text);
    try {
      return Optional.of(
          matcher.matches()
              ? Duration.of(Long.parseLong(matcher.group(1)), UNITS.get(matcher.group(2)))
              : Duration.parse(text));
    } catch (DateTimeException | ArithmeticException e) {
      return Optional.empty();
    }
  }
}
