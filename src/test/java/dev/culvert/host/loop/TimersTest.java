package dev.culvert.host.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimersTest {

  private final Timers timers = new Timers();

  @Test
  void withoutTimersThereIsNoDeadline() {
    assertThat(timers.nanosToNext(5)).isEqualTo(-1);
    assertThat(timers.poll(5)).isNull();
  }

  @Test
  void deadlinesMayWrapAround() {
    Timer early = new Dummy();
    Timer late = new Dummy();
    timers.arm(late, Long.MIN_VALUE + 10);
    timers.arm(early, Long.MAX_VALUE - 10);

    assertThat(timers.nanosToNext(Long.MAX_VALUE - 15)).isEqualTo(5);
    assertThat(timers.poll(Long.MAX_VALUE)).isSameAs(early);
    assertThat(timers.poll(Long.MAX_VALUE)).isNull();
    assertThat(timers.poll(Long.MIN_VALUE + 10)).isSameAs(late);
  }

  @Test
  void aTimerThatWasTakenOutCanBeArmedAgain() {
    Timer timer = new Dummy();
    timers.arm(timer, 10);
    timers.poll(10);

    timers.arm(timer, 20);

    assertThat(timers.size()).isEqualTo(1);
    assertThat(timers.poll(19)).isNull();
    assertThat(timers.poll(20)).isSameAs(timer);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void behavesLikeASortedMapUnderRandomOperations(long seed) {
    Random random = new Random(seed);
    List<Timer> all = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      all.add(new Dummy());
    }
    Map<Timer, Long> expected = new HashMap<>();
    long now = 0;
    for (int step = 0; step < 20_000; step++) {
      Timer timer = all.get(random.nextInt(all.size()));
      switch (random.nextInt(4)) {
        case 0, 1 -> {
          long deadline = now + random.nextInt(1000) - 10;
          timers.arm(timer, deadline);
          expected.put(timer, deadline);
        }
        case 2 -> {
          timers.cancel(timer);
          expected.remove(timer);
        }
        default -> {
          now += random.nextInt(20);
          expireAll(now, expected);
        }
      }
      long first = expected.values().stream().mapToLong(Long::longValue).min().orElse(-1);
      long wait = expected.isEmpty() ? -1 : Math.max(0, first - now);
      assertThat(timers.nanosToNext(now)).isEqualTo(wait);
      assertThat(timers.size()).isEqualTo(expected.size());
    }
  }

  private void expireAll(long now, Map<Timer, Long> expected) {
    long last = Long.MIN_VALUE;
    for (Timer timer = timers.poll(now); timer != null; timer = timers.poll(now)) {
      Long deadline = expected.remove(timer);
      assertThat(deadline).isNotNull().isBetween(last, now);
      last = deadline;
    }
    assertThat(expected.values()).allMatch(deadline -> deadline > now);
  }

  private static final class Dummy extends Timer {
    @Override
    protected void expired(long now) {
      throw new AssertionError("a heap calls nobody");
    }
  }
}
