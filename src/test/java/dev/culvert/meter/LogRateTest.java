package dev.culvert.meter;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LogRateTest {

  private long now;
  private final LogRate rate = new LogRate(() -> now);

  @Test
  void oneOfEachKindInTenSecondsWithTheNumberOfThoseBefore() {
    assertThat(rate.next("a")).hasValue(0);
    assertThat(rate.next("b")).hasValue(0);
    assertThat(rate.next("a")).isEmpty();
    now += Duration.ofSeconds(10).toNanos() - 1;
    assertThat(rate.next("a")).isEmpty();
    now++;

    assertThat(rate.next("a")).hasValue(2);
    assertThat(rate.next("b")).hasValue(0);
    assertThat(rate.next("a")).isEmpty();
  }

  @Test
  void kindsWithoutEndTakeNoMemoryWithoutEnd() {
    for (int i = 0; i < LogRate.MOST_KINDS; i++) {
      assertThat(rate.next("kind " + i)).hasValue(0);
    }
    assertThat(rate.next("kind 0")).isEmpty();

    assertThat(rate.next("one more")).hasValue(0);
    assertThat(rate.next("kind 0")).hasValue(0);
  }
}
