package dev.culvert.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HistogramTest {

  private final Histogram histogram = new Histogram();

  @Test
  void isZeroWhenEmpty() {
    assertThat(histogram.percentile(0.99)).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 63})
  void keepsSmallValuesExactly(long value) {
    histogram.record(value);

    assertThat(histogram.percentile(1)).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(longs = {64, 127, 128, 129, 1_000, 123_456_789, Long.MAX_VALUE / 2, Long.MAX_VALUE})
  void keepsLargeValuesToWithinOneIn64(long value) {
    histogram.record(value);

    assertThat(histogram.percentile(0.5))
        .isGreaterThanOrEqualTo(value)
        .isCloseTo(value, Percentage.withPercentage(100.0 / 64));
  }

  @Test
  void findsPercentiles() {
    for (int value = 1; value <= 50; value++) {
      histogram.record(value);
    }

    assertThat(histogram.percentile(0.5)).isEqualTo(25);
    assertThat(histogram.percentile(0.98)).isEqualTo(49);
    assertThat(histogram.percentile(0.99)).isEqualTo(50);
    assertThat(histogram.total()).isEqualTo(50);
  }

  @Test
  void orderOfValuesIsKeptAcrossBuckets() {
    long before = -1;
    for (long value = 0; value < 100_000; value += 7) {
      histogram.clear();
      histogram.record(value);
      long limit = histogram.percentile(1);
      assertThat(limit).isGreaterThanOrEqualTo(value).isGreaterThanOrEqualTo(before);
      before = limit;
    }
  }

  @Test
  void forgetsWhenCleared() {
    histogram.record(5);
    histogram.clear();

    assertThat(histogram.total()).isZero();
    assertThat(histogram.percentile(0.5)).isZero();
  }
}
