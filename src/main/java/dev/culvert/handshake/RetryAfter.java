package dev.culvert.handshake;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** When a request may be repeated: the {@code Retry-After} of a response (RFC 9110 10.2.3). */
public final class RetryAfter {

  private static final Duration LONGEST = Duration.ofDays(1);

  private RetryAfter() {}

  /**
   * Reads seconds and dates.
   *
   * @param now what a date is compared with
   * @return from zero to a day; empty when there is none that can be read
   */
  public static Optional<Duration> of(Headers response, Instant now) {
    return response.single("Retry-After").flatMap(value -> parse(value, now));
  }

  /**
   * Reads a value, seconds or a date.
   *
   * @param now what a date is compared with
   * @return from zero to a day; empty when it cannot be read
   */
  public static Optional<Duration> parse(String value, Instant now) {
    if (value.matches("[0-9]{1,9}")) {
      return Optional.of(bounded(Duration.ofSeconds(Long.parseLong(value))));
    }
    try {
      ZonedDateTime date = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME);
      return Optional.of(bounded(Duration.between(now, date.toInstant())));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Duration bounded(Duration time) {
    if (time.isNegative()) {
      return Duration.ZERO;
    }
    return time.compareTo(LONGEST) > 0 ? LONGEST : time;
  }
}
