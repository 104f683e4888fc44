package dev.culvert.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {

  @ParameterizedTest
  @CsvSource({
    "40ms, PT0.04S",
    "30s, PT30S",
    "55m, PT55M",
    "2h, PT2H",
    "7d, PT168H",
    "PT55M, PT55M",
    "P2D, PT48H",
    "PT1.5S, PT1.5S",
    "3650d, PT87600H",
    "0, PT0S",
    "0s, PT0S",
  })
  void duration(String text, Duration duration) {
    assertThat(Durations.zeroOrMore(text)).isEqualTo(duration);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "30",
        "30 s",
        "-1s",
        "1.5s",
        "1h30m",
        "1w",
        "5M",
        "PT",
        "P1Y",
        "PT-1S",
        "PT0.0001S",
        "3651d",
        "999999999999d",
        "99999999999999999999s"
      })
  void noDuration(String text) {
    assertThatThrownBy(() -> Durations.zeroOrMore(text))
        .isInstanceOf(BadValueException.class)
        .hasMessageStartingWith("expected: a duration from 0s to 3650d");
  }

  @Test
  void positiveIsAboveZero() {
    assertThat(Durations.positive("1ms")).isEqualTo(Duration.ofMillis(1));
    assertThatThrownBy(() -> Durations.positive("0")).isInstanceOf(BadValueException.class);
  }

  @Test
  void waitsAreUpToAnHour() {
    assertThat(Durations.shortWait("0")).isZero();
    assertThat(Durations.timeout("1h")).isEqualTo(Durations.shortWait("60m"));
  }
}
