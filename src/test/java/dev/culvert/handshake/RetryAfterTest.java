package dev.culvert.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RetryAfterTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private static Optional<Duration> of(String value) {
    return RetryAfter.of(Headers.of("retry-after", value), NOW);
  }

  @Test
  void seconds() {
    assertThat(of("120")).contains(Duration.ofMinutes(2));
    assertThat(of("0")).contains(Duration.ZERO);
    assertThat(of("999999999")).contains(Duration.ofDays(1));
  }

  @Test
  void dates() {
    assertThat(of("Thu, 1 Jan 2026 00:00:30 GMT")).contains(Duration.ofSeconds(30));
    assertThat(of("Wed, 31 Dec 2025 23:59:59 GMT")).contains(Duration.ZERO);
  }

  @Test
  void anythingElseSaysNothing() {
    assertThat(of("soon")).isEmpty();
    assertThat(of("-1")).isEmpty();
    assertThat(of("1.5")).isEmpty();
    assertThat(RetryAfter.of(Headers.NONE, NOW)).isEmpty();
    assertThat(RetryAfter.of(Headers.of("Retry-After", "1", "Retry-After", "2"), NOW)).isEmpty();
  }
}
