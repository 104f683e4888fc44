package dev.culvert.http;

import dev.culvert.handshake.Headers;
import java.time.Duration;
import java.util.Optional;

/** {@code Retry-After} in seconds (RFC 9110 section 10.2.3); dates are not looked at. */
final class RetryAfter {

  private static final long LONGEST = Duration.ofDays(1).toSeconds();

  private RetryAfter() {}

  /** Empty when there is none that can be read. */
  static Optional<Duration> of(Headers headers) {
    return headers
        .single("Retry-After")
        .filter(value -> value.matches("[0-9]{1,9}"))
        .map(value -> Duration.ofSeconds(Math.min(LONGEST, Long.parseLong(value))));
  }
}
