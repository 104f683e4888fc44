package dev.culvert.host.dial;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class KnownAddressesTest {

  private static final Duration FRESH = Duration.ofSeconds(10);
  private static final List<InetAddress> OLD = List.of(address(1));
  private static final List<InetAddress> NEW = List.of(address(2), address(3));

  private final AtomicLong clock = new AtomicLong(-5);
  private final KnownAddresses known = new KnownAddresses(clock::get);

  private static InetAddress address(int last) {
    try {
      return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) last});
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private void pass(Duration time) {
    clock.addAndGet(time.toNanos());
  }

  @Test
  void nothingIsKnownAtFirst() {
    assertThat(known.current("a")).isEmpty();
    assertThat(known.isDue("a")).isTrue();
    assertThat(known.holdOn("a")).isEmpty();
  }

  @Test
  void whatWasFoundIsGoodForAMoment() {
    known.found("a", OLD);
    pass(FRESH.minusNanos(1));

    assertThat(known.current("a")).contains(OLD);
    assertThat(known.isDue("a")).isFalse();
    assertThat(known.current("b")).isEmpty();

    pass(Duration.ofNanos(1));
    assertThat(known.current("a")).isEmpty();
    assertThat(known.isDue("a")).isTrue();
  }

  @Test
  void whatCannotBeFoundAnyMoreHoldsOnAndIsDueNowAndThen() {
    known.found("a", OLD);
    pass(FRESH);

    assertThat(known.holdOn("a")).contains(OLD);
    assertThat(known.isDue("a")).isFalse();
    pass(FRESH);
    assertThat(known.current("a")).contains(OLD);
    assertThat(known.isDue("a")).isTrue();
    pass(Duration.ofSeconds(50));
    assertThat(known.current("a")).as("after a pause").isEmpty();
  }

  @Test
  void whatIsFoundAgainIsAsBefore() {
    known.found("a", OLD);
    pass(FRESH);
    known.holdOn("a");
    known.found("a", NEW);

    assertThat(known.current("a")).contains(NEW);
    pass(FRESH);
    assertThat(known.current("a")).isEmpty();
  }

  @Test
  void nothingHoldsOnForMoreThanADay() {
    known.found("a", OLD);
    pass(Duration.ofDays(1).minusNanos(1));
    assertThat(known.holdOn("a")).contains(OLD);
    pass(Duration.ofNanos(1));

    assertThat(known.holdOn("a")).isEmpty();
    assertThat(known.current("a")).isEmpty();
  }

  @Test
  void ofTooManyNamesTheOneIsForgottenThatWasNotAskedForLongest() {
    for (int i = 0; i < 1024; i++) {
      known.found("name" + i, OLD);
    }
    known.current("name0");
    known.found("more", OLD);

    assertThat(known.current("name0")).isPresent();
    assertThat(known.current("name1")).isEmpty();
    assertThat(known.current("name2")).isPresent();
  }
}
