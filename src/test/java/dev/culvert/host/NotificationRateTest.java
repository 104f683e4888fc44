package dev.culvert.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class NotificationRateTest {

  private static final long SECOND = 1_000_000_000L;

  private final AtomicLong clock = new AtomicLong(-5 * SECOND);
  private final NotificationRate rate = new NotificationRate(2, clock::get);

  @Test
  void soManyAsTheLimitPassEachSecond() {
    assertThat(rate.next()).isPresent();
    assertThat(rate.next()).isPresent();
    assertThat(rate.next()).isEmpty();

    clock.addAndGet(SECOND - 1);
    assertThat(rate.next()).isEmpty();

    clock.addAndGet(1);
    assertThat(rate.next()).isPresent();
    assertThat(rate.next()).isPresent();
    assertThat(rate.next()).isEmpty();
  }

  @Test
  void theFirstOneAfterAGapTellsHowManyWereLeftOut() {
    rate.next();
    rate.next();
    rate.next();
    rate.next();
    rate.next();
    clock.addAndGet(SECOND);

    NotificationRate.Permit first = rate.next().orElseThrow();
    NotificationRate.Permit second = rate.next().orElseThrow();

    assertThat(first.suppressed()).isEqualTo(3);
    assertThat(first.note()).isEqualTo(" suppressed=3");
    assertThat(second.note()).isEmpty();
    assertThat(first.sequence()).isEqualTo(3);
    assertThat(second.sequence()).isEqualTo(4);
  }
}
